package vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.ByteUtils;
import org.xerial.snappy.Snappy;

/** Oddities of the framing around snappy blocks. */
final class SnappyMutations {
    private static final byte[] MAGIC = Bytes.hex("82534e41505059 00");
    private static final int HEADER = 16;
    private static final int LENGTH = 4;

    void addTo(BadBatchLines.Sink sink) {
        byte[] raw = raw(RawBatch.plain());
        addHeaders(sink, block(raw));
        addBlocks(sink, raw);
        addRaw(sink, raw);
    }

    private void addHeaders(BadBatchLines.Sink sink, byte[] blocks) {
        int[][] versions = {{1, 1}, {0, 1}, {-1, 1}, {2, 1}, {2, 2}, {1, 0}, {1, 2}, {1, -1},
            {0x01000000, 0x01000000}, {Integer.MAX_VALUE, Integer.MAX_VALUE}};
        for (int[] version : versions) {
            add(sink, "header version " + version[0] + ", compatible with " + version[1],
                    Bytes.join(header(version[0], version[1]), blocks));
        }
        for (int at : new int[] {0, 1, 6, 7}) {
            add(sink, "byte " + at + " of the magic changed",
                    Bytes.join(Bytes.withFlip(header(1, 1), at, 1), blocks));
        }
        for (int length : new int[] {8, 12, 15, HEADER}) {
            add(sink, "first " + length + " bytes of the header alone",
                    Bytes.first(header(1, 1), length));
        }
        byte[] sound = Bytes.join(header(1, 1), blocks);
        add(sink, "a second header, then nothing", Bytes.join(sound, header(1, 1)));
        add(sink, "two headers before the blocks", Bytes.join(header(1, 1), sound));
        for (int[] version : versions) {
            add(sink, "a second header of version " + version[0] + ", compatible with "
                    + version[1], Bytes.join(sound, header(version[0], version[1]), blocks));
        }
        for (int length : new int[] {4, 8, 15}) {
            add(sink, "first " + length + " bytes of a second header",
                    Bytes.join(sound, Bytes.first(header(1, 1), length)));
        }
        add(sink, "the standard framing format's start",
                Bytes.join(Bytes.hex("ff060000 734e61507059"), blocks));
    }

    private void addBlocks(BadBatchLines.Sink sink, byte[] raw) {
        byte[] plain = RawBatch.plain();
        int half = plain.length / 2;
        byte[] two = Bytes.join(block(raw(Bytes.first(plain, half))),
                block(raw(Bytes.from(plain, half))));
        addBlocks(sink, "two blocks", two);
        addBlocks(sink, "a block of nothing before",
                Bytes.join(block(raw(new byte[0])), block(raw)));
        addBlocks(sink, "a block of nothing behind",
                Bytes.join(block(raw), block(raw(new byte[0]))));
        addBlocks(sink, "an empty block before", Bytes.join(Bytes.big(0), block(raw)));
        addBlocks(sink, "an empty block behind", Bytes.join(block(raw), Bytes.big(0)));
        for (int length : new int[] {-1, Integer.MIN_VALUE, raw.length - 1, raw.length + 1}) {
            addBlocks(sink, "block length " + length + " (right: " + raw.length + ")",
                    Bytes.join(Bytes.big(length), raw));
        }
        addBlocks(sink, "a block length without its block", Bytes.join(block(raw), Bytes.big(9)));
        addBlocks(sink, "half a block length", Bytes.first(Bytes.join(block(raw), Bytes.big(9)),
                LENGTH + raw.length + 2));
        addBlocks(sink, "a little-endian block length", Bytes.join(Bytes.little(raw.length), raw));
        addBlocks(sink, "bytes behind the block's content",
                block(Bytes.join(raw, new byte[2])));
        addSizes(sink, raw);
    }

    /** What a block says of its own size once unpacked; here in two bytes. */
    private void addSizes(BadBatchLines.Sink sink, byte[] raw) {
        int sizeLength = raw[0] < 0 ? 2 : 1;
        int right = RawBatch.plain().length;
        for (int size : new int[] {0, right - 1, right + 1, 1 << 20}) {
            addBlocks(sink, "a block of declared size " + size + " (right: " + right + ")",
                    block(Bytes.replace(raw, 0, sizeLength, unsigned(size))));
        }
        addBlocks(sink, "a declared size in five bytes",
                block(Bytes.replace(raw, 0, sizeLength, Bytes.padded(unsigned(right), 5))));
        addBlocks(sink, "a declared size in six bytes",
                block(Bytes.replace(raw, 0, sizeLength, Bytes.padded(unsigned(right), 6))));
    }

    private void addRaw(BadBatchLines.Sink sink, byte[] raw) {
        add(sink, "a raw block", raw);
        add(sink, "a raw block without its last byte", Bytes.first(raw, raw.length - 1));
        add(sink, "a raw block and a byte behind", Bytes.join(raw, new byte[1]));
        add(sink, "two raw blocks", Bytes.join(raw, raw));
        add(sink, "a raw block of nothing", raw(new byte[0]));
        add(sink, "a block with its length, without a header", block(raw));
    }

    private static byte[] unsigned(int value) {
        ByteBuffer buffer = ByteBuffer.allocate(5);
        ByteUtils.writeUnsignedVarint(value, buffer);
        return Bytes.first(buffer.array(), buffer.position());
    }

    private static byte[] raw(byte[] plain) {
        try {
            return Snappy.compress(plain);
        } catch (IOException e) {
            throw new IllegalStateException("snappy does not write into memory", e);
        }
    }

    private static byte[] block(byte[] raw) {
        return Bytes.join(Bytes.big(raw.length), raw);
    }

    private static byte[] header(int version, int compatible) {
        return Bytes.join(MAGIC, Bytes.big(version), Bytes.big(compatible));
    }

    private static void addBlocks(BadBatchLines.Sink sink, String text, byte[] blocks) {
        add(sink, text, Bytes.join(header(1, 1), blocks));
    }

    private static void add(BadBatchLines.Sink sink, String text, byte[] payload) {
        sink.add("snappy-frame", text, "snappy", true, RawBatch.framed("snappy", payload));
    }
}
