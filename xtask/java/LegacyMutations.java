package vectors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Changed entries of magic 0 and 1, plain ones and wrappers. */
final class LegacyMutations {
    private static final int SIZE_AT = 8;
    private static final int CRC_AT = 12;
    private static final int MAGIC_AT = 16;
    private static final int ATTRIBUTES_AT = 17;
    private static final int LZ4_CHECKSUM_AT = 6;
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    void addTo(BadBatchLines.Sink sink) {
        for (int magic = 0; magic < 2; magic++) {
            addEntries(sink, magic);
            addFields(sink, magic);
            addLz4(sink, magic);
            addNested(sink, magic);
            addOffsets(sink, magic);
            for (String codec : Codecs.LEGACY) {
                addCommon(sink, magic, codec);
            }
        }
    }

    /** Three sound entries, in a wrapper unless there is no codec. */
    private static byte[] sound(int magic, String codec) {
        byte[] inner = inner(magic);
        return codec.equals("none") ? inner : LegacyEntry.wrapper(magic, codec, 102, inner);
    }

    private static byte[] inner(int magic) {
        long first = magic == 0 ? 100 : 0;
        return Bytes.join(LegacyEntry.plain(magic, first), LegacyEntry.plain(magic, first + 1),
                LegacyEntry.plain(magic, first + 2));
    }

    private void addCommon(BadBatchLines.Sink sink, int magic, String codec) {
        byte[] sound = sound(magic, codec);
        add(sink, "unchanged", magic, codec, true, sound);
        add(sink, "checksum changed", magic, codec, false, Bytes.withFlip(sound, CRC_AT + 3, 1));
        add(sink, "last byte changed", magic, codec, false,
                Bytes.withFlip(sound, sound.length - 1, 1));
        add(sink, "last byte missing", magic, codec, false,
                Bytes.first(sound, sound.length - 1));
        if (!codec.equals("none")) {
            addWrappers(sink, magic, codec);
        }
    }

    private void addWrappers(BadBatchLines.Sink sink, int magic, String codec) {
        byte[] inner = inner(magic);
        byte[] cut = Bytes.first(inner, inner.length - 1);
        byte[] bad = Bytes.withFlip(inner, CRC_AT + 3, 1);
        wrap(sink, "the last inner entry cut", magic, codec, cut);
        wrap(sink, "a wrong checksum inside", magic, codec, bad);
        wrap(sink, "nothing inside", magic, codec, new byte[0]);
        wrap(sink, "five bytes inside", magic, codec, new byte[5]);
        wrap(sink, "five bytes behind the inner entries", magic, codec,
                Bytes.join(inner, new byte[5]));
        wrap(sink, "zeros behind the inner entries", magic, codec,
                Bytes.join(inner, new byte[40]));
        wrap(sink, "an inner size of 13", magic, codec, Bytes.withInt(inner, SIZE_AT, 13));
        wrap(sink, "an inner size of -1", magic, codec, Bytes.withInt(inner, SIZE_AT, -1));
        byte[] payload = Codecs.compress(codec, (byte) magic, inner);
        frame(sink, "an empty payload", magic, codec, new byte[0]);
        frame(sink, "payload without its last byte", magic, codec,
                Bytes.first(payload, payload.length - 1));
        frame(sink, "7 bytes behind the payload", magic, codec, Bytes.join(payload, new byte[7]));
        frame(sink, "the same payload again", magic, codec, Bytes.join(payload, payload));
        add(sink, "a null payload", magic, codec, true, LegacyEntry.of(magic, 102,
                Codecs.id(codec), LegacyEntry.sized(null), LegacyEntry.sized(null)));
        add(sink, "a wrapper with a key", magic, codec, true, LegacyEntry.of(magic, 102,
                Codecs.id(codec), LegacyEntry.sized(KEY), LegacyEntry.sized(payload)));
    }

    private void addEntries(BadBatchLines.Sink sink, int magic) {
        byte[] sound = LegacyEntry.plain(magic, 100);
        int right = sound.length - CRC_AT;
        for (int size : new int[] {-1, 0, 13, 14, 21, 22, right - 1, right + 1,
            Integer.MAX_VALUE}) {
            add(sink, "size " + size + " (right: " + right + ")", magic, "none", true,
                    Bytes.withInt(sound, SIZE_AT, size));
        }
        for (int attributes : new int[] {1, 4, 5, 7, 8, 0x10, 0xf0, 0xff}) {
            add(sink, "attributes " + attributes, magic, "none", true, Bytes.withLegacyCrc(
                    Bytes.withByte(sound, ATTRIBUTES_AT, attributes)));
        }
        for (int other : new int[] {1 - magic, 2, 3, -1}) {
            add(sink, "magic " + other, magic, "none", true,
                    Bytes.withLegacyCrc(Bytes.withByte(sound, MAGIC_AT, other)));
        }
        byte[] longer = Bytes.join(sound, new byte[3]);
        add(sink, "three bytes behind the value, within the size", magic, "none", true,
                Bytes.withLegacyCrc(Bytes.withInt(longer, SIZE_AT, right + 3)));
    }

    private void addFields(BadBatchLines.Sink sink, int magic) {
        byte[] value = LegacyEntry.sized(KEY);
        for (int length : new int[] {-2, Integer.MIN_VALUE, 2, 4, 100, Integer.MAX_VALUE}) {
            byte[] odd = Bytes.join(Bytes.big(length), KEY);
            field(sink, "key length " + length + " (right: 3)", magic, odd, value);
            field(sink, "value length " + length + " (right: 3)", magic, value, odd);
        }
        field(sink, "key length -2 without bytes", magic, Bytes.big(-2), value);
        field(sink, "value length -2 without bytes", magic, value, Bytes.big(-2));
        field(sink, "null key and null value", magic, Bytes.big(-1), Bytes.big(-1));
        field(sink, "no value", magic, value, new byte[0]);
        field(sink, "half a value length", magic, value, new byte[2]);
    }

    private void field(BadBatchLines.Sink sink, String text, int magic, byte[] key, byte[] value) {
        add(sink, text, magic, "none", true, LegacyEntry.of(magic, 100, 0, key, value));
    }

    /** The checksum of the frame's descriptor was over the magic too, but only in magic 0. */
    private void addLz4(BadBatchLines.Sink sink, int magic) {
        byte[] payload = Codecs.compress("lz4", (byte) magic, inner(magic));
        byte[] others = Codecs.compress("lz4", (byte) (1 - magic), inner(magic));
        frame(sink, "the header checksum of magic " + (1 - magic), magic, "lz4", others);
        frame(sink, "wrong header checksum", magic, "lz4",
                Bytes.withFlip(payload, LZ4_CHECKSUM_AT, 0x55));
    }

    private void addNested(BadBatchLines.Sink sink, int magic) {
        byte[] once = LegacyEntry.wrapper(magic, "gzip", magic == 0 ? 102 : 2, inner(magic));
        wrap(sink, "a wrapper inside", magic, "gzip", once);
        wrap(sink, "entries of the other magic inside", magic, "gzip", inner(1 - magic));
        wrap(sink, "a batch of magic 2 inside", magic, "gzip", RawBatch.sound("none"));
        wrap(sink, "one entry of the other magic inside", magic, "gzip",
                Bytes.join(inner(magic), LegacyEntry.plain(1 - magic, 3)));
        add(sink, "zstd, which magic 2 introduced", magic, "zstd", true,
                LegacyEntry.framed(magic, "zstd", 102, Codecs.compress("zstd", inner(magic))));
        byte[] raw = Bytes.from(Codecs.compress("snappy", inner(magic)), 20);
        frame(sink, "a raw block", magic, "snappy", raw);
        byte[] late = LegacyEntry.wrapper(magic, "gzip", 102, inner(magic));
        add(sink, "log append time", magic, "gzip", true,
                Bytes.withLegacyCrc(Bytes.withFlip(late, ATTRIBUTES_AT, 8)));
        add(sink, "magic 2 behind", magic, "none", true,
                Bytes.join(LegacyEntry.plain(magic, 99), RawBatch.sound("none")));
    }

    private void addOffsets(BadBatchLines.Sink sink, int magic) {
        for (long offset : new long[] {0, 1, 2, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            add(sink, "wrapper offset " + offset, magic, "gzip", true,
                    LegacyEntry.wrapper(magic, "gzip", offset, inner(magic)));
        }
        byte[] inner = inner(magic);
        for (long offset : new long[] {5, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            wrap(sink, "first inner offset " + offset, magic, "gzip",
                    Bytes.withLong(inner, 0, offset));
        }
        byte[] absolute = Bytes.join(LegacyEntry.plain(magic, 100), LegacyEntry.plain(magic, 101),
                LegacyEntry.plain(magic, 102));
        wrap(sink, "inner offsets 100 to 102", magic, "gzip", absolute);
        byte[] falling = Bytes.join(LegacyEntry.plain(magic, 2), LegacyEntry.plain(magic, 1),
                LegacyEntry.plain(magic, 0));
        wrap(sink, "inner offsets 2, 1, 0", magic, "gzip", falling);
        add(sink, "base offset -1", magic, "none", true, ByteBuffer.wrap(
                LegacyEntry.plain(magic, 0).clone()).putLong(0, -1).array());
    }

    private static void wrap(BadBatchLines.Sink sink, String text, int magic, String codec,
            byte[] inner) {
        add(sink, text, magic, codec, true, LegacyEntry.wrapper(magic, codec, 102, inner));
    }

    private static void frame(BadBatchLines.Sink sink, String text, int magic, String codec,
            byte[] payload) {
        add(sink, text, magic, codec, true, LegacyEntry.framed(magic, codec, 102, payload));
    }

    private static void add(BadBatchLines.Sink sink, String text, int magic, String codec,
            boolean crcFixed, byte[] bytes) {
        sink.add("legacy", text, "v" + magic + "-" + codec, crcFixed, bytes);
    }
}
