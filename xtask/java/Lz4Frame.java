package vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;

/** Frames of lz4 put together by hand. */
final class Lz4Frame {
    static final byte[] MAGIC = Bytes.hex("04224d18");
    static final byte[] END = new byte[4];
    /** Version 1, independent blocks. */
    static final int FLAGS = 0x60;
    static final int BLOCKS_OF_64_KIB = 0x40;
    private static final int STORED = 1 << 31;

    private Lz4Frame() {}

    /** What comes before the blocks, with the right checksum of flags, block size and the rest. */
    static byte[] start(int flags, int blockSize, byte[] rest) {
        byte[] descriptor = Bytes.join(new byte[] {(byte) flags, (byte) blockSize}, rest);
        return Bytes.join(MAGIC, descriptor, new byte[] {(byte) (hash(descriptor) >> 8)});
    }

    static byte[] start() {
        return start(FLAGS, BLOCKS_OF_64_KIB, new byte[0]);
    }

    static byte[] block(byte[] plain) {
        byte[] packed = pack(plain);
        return Bytes.join(Bytes.little(packed.length), packed);
    }

    static byte[] stored(byte[] plain) {
        return Bytes.join(Bytes.little(plain.length | STORED), plain);
    }

    /** A block that its checksum follows. */
    static byte[] checked(byte[] block) {
        return Bytes.join(block, checksum(Bytes.from(block, 4)));
    }

    static byte[] checksum(byte[] bytes) {
        return Bytes.little(hash(bytes));
    }

    static byte[] pack(byte[] plain) {
        return LZ4Factory.safeInstance().fastCompressor().compress(plain);
    }

    static byte[] size(long size) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(size).array();
    }

    static int hash(byte[] bytes) {
        return XXHashFactory.safeInstance().hash32().hash(bytes, 0, bytes.length, 0);
    }
}
