package vectors;

import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/** Changes in the header of a batch: checksum, magic, attributes, count and offsets. */
final class HeaderMutations {
    private static final int MAGIC_AT = 16;
    private static final int EPOCH_AT = 12;
    private static final int CRC_AT = DefaultRecordBatch.CRC_OFFSET;
    private static final int COUNT_AT = DefaultRecordBatch.RECORDS_COUNT_OFFSET;
    private static final int LAST_DELTA_AT = DefaultRecordBatch.LAST_OFFSET_DELTA_OFFSET;

    void addTo(BadBatchLines.Sink sink) {
        for (String codec : Codecs.ALL) {
            byte[] sound = RawBatch.sound(codec);
            sink.add("control", "unchanged", codec, true, sound);
            addChecksums(sink, codec, sound);
            addCounts(sink, codec, sound);
        }
        addMagics(sink);
        addAttributes(sink);
        addOffsets(sink);
    }

    private void addChecksums(BadBatchLines.Sink sink, String codec, byte[] sound) {
        sink.add("crc", "lowest bit flipped", codec, false, Bytes.withFlip(sound, CRC_AT + 3, 1));
        sink.add("crc", "zero", codec, false, Bytes.withInt(sound, CRC_AT, 0));
        sink.add("crc", "attributes changed", codec, false,
                Bytes.withFlip(sound, BatchLine.ATTRIBUTES_AT, 1));
        sink.add("crc", "last offset delta changed", codec, false,
                Bytes.withInt(sound, LAST_DELTA_AT, 7));
        sink.add("crc", "last byte changed", codec, false,
                Bytes.withFlip(sound, sound.length - 1, 1));
        sink.add("crc", "leader epoch changed, which is not covered", codec, true,
                Bytes.withInt(sound, EPOCH_AT, 77));
    }

    private void addCounts(BadBatchLines.Sink sink, String codec, byte[] sound) {
        for (int count : new int[] {0, 1, 2, 4, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            sink.add("record-count", "record count " + count + " (right: 3)", codec, true,
                    Bytes.withCrc(Bytes.withInt(sound, COUNT_AT, count)));
        }
    }

    private void addMagics(BadBatchLines.Sink sink) {
        for (int magic : new int[] {0, 1, 3, 4, 127, -128, -1}) {
            sink.add("magic", "magic " + magic, "none", true,
                    Bytes.withByte(RawBatch.sound("none"), MAGIC_AT, magic));
        }
        for (int magic : new int[] {0, 1, 3}) {
            sink.add("magic", "magic " + magic, "gzip", true,
                    Bytes.withByte(RawBatch.sound("gzip"), MAGIC_AT, magic));
        }
    }

    private void addAttributes(BadBatchLines.Sink sink) {
        byte[] sound = RawBatch.sound("none");
        for (int codec = 5; codec <= 7; codec++) {
            addAttribute(sink, "codec " + codec, sound, codec);
        }
        for (int bit = 3; bit < 16; bit++) {
            addAttribute(sink, "bit " + bit + " set", sound, 1 << bit);
        }
        addAttribute(sink, "all reserved bits set", sound, 0xff80);
        addAttribute(sink, "codec 1 on plain records", sound, 1);
        addAttribute(sink, "codec 4 on plain records", sound, 4);
    }

    private void addAttribute(BadBatchLines.Sink sink, String text, byte[] sound, int attributes) {
        byte[] high = Bytes.withByte(sound, BatchLine.ATTRIBUTES_AT, attributes >> 8);
        sink.add("attributes", text, "none", true,
                Bytes.withCrc(Bytes.withByte(high, BatchLine.ATTRIBUTES_AT + 1, attributes)));
    }

    private void addOffsets(BadBatchLines.Sink sink) {
        byte[] sound = RawBatch.sound("none");
        for (int delta : new int[] {0, 1, 100, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            sink.add("offsets", "last offset delta " + delta + " (right: 2)", "none", true,
                    Bytes.withCrc(Bytes.withInt(sound, LAST_DELTA_AT, delta)));
        }
        for (long base : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1}) {
            sink.add("offsets", "base offset " + base, "none", true,
                    Bytes.withLong(sound, 0, base));
        }
        for (int delta : new int[] {0, 7, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            for (String codec : new String[] {"none", "lz4"}) {
                RawRecord odd = RawRecord.sound(1).with(RawRecord.Part.OFFSET, Bytes.varint(delta));
                sink.add("offsets", "offset delta " + delta + " of the second record", codec, true,
                        RawBatch.of(codec, RawBatch.plainWith(1, odd)));
            }
        }
    }
}
