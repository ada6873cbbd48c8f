package vectors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.utils.ByteUtils;

/** Copies of bytes with something about them changed. */
final class Bytes {
    private static final int LEGACY_CRC_AT = 12;
    private static final int CRC_SIZE = 4;

    private Bytes() {}

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] withByte(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at] = (byte) value;
        return copy;
    }

    static byte[] withFlip(byte[] bytes, int at, int mask) {
        return withByte(bytes, at, bytes[at] ^ mask);
    }

    static byte[] withInt(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).putInt(at, value);
        return copy;
    }

    static byte[] withLong(byte[] bytes, int at, long value) {
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).putLong(at, value);
        return copy;
    }

    static byte[] first(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    static byte[] from(byte[] bytes, int start) {
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    /** The bytes with others in the place of `length` of them. */
    static byte[] replace(byte[] bytes, int at, int length, byte[] by) {
        return join(first(bytes, at), by, from(bytes, at + length));
    }

    /** A batch of version 2 whose checksum is right. */
    static byte[] withCrc(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, BatchLine.ATTRIBUTES_AT, batch.length - BatchLine.ATTRIBUTES_AT);
        return withInt(batch, DefaultRecordBatch.CRC_OFFSET, (int) crc.getValue());
    }

    /** An entry of magic 0 or 1 whose checksum is right. */
    static byte[] withLegacyCrc(byte[] entry) {
        CRC32 crc = new CRC32();
        int start = LEGACY_CRC_AT + CRC_SIZE;
        crc.update(entry, start, entry.length - start);
        return withInt(entry, LEGACY_CRC_AT, (int) crc.getValue());
    }

    static byte[] varint(int value) {
        ByteBuffer buffer = ByteBuffer.allocate(5);
        ByteUtils.writeVarint(value, buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    static byte[] varlong(long value) {
        ByteBuffer buffer = ByteBuffer.allocate(10);
        ByteUtils.writeVarlong(value, buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** The same varint in more bytes than it needs. */
    static byte[] padded(byte[] varint, int length) {
        byte[] longer = Arrays.copyOf(varint, length);
        for (int i = varint.length - 1; i < length - 1; i++) {
            longer[i] |= (byte) 0x80;
        }
        return longer;
    }

    static byte[] little(int value) {
        return ByteBuffer.allocate(4).putInt(Integer.reverseBytes(value)).array();
    }

    static byte[] big(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }
}
