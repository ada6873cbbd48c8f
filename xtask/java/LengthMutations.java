package vectors;

import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/** Batches that end early, whose length is wrong, or that stand one behind another. */
final class LengthMutations {
    private static final int LENGTH_AT = 8;
    private static final int OVERHEAD = 12;

    void addTo(BadBatchLines.Sink sink) {
        addCuts(sink);
        addFittingCuts(sink);
        addLengths(sink);
        addConcatenated(sink);
    }

    private void addCuts(BadBatchLines.Sink sink) {
        byte[] sound = RawBatch.sound("none");
        for (int length : new int[] {0, 1, 8, 11, 12, 13, 16, 17, 20, 21, 60, 61, 62}) {
            sink.add("truncated", "first " + length + " bytes", "none", false,
                    Bytes.first(sound, length));
        }
        for (String codec : Codecs.ALL) {
            byte[] batch = RawBatch.sound(codec);
            for (int cut : new int[] {1, 5}) {
                sink.add("truncated", "last " + cut + " bytes missing", codec, false,
                        Bytes.first(batch, batch.length - cut));
            }
        }
        byte[] two = Bytes.join(sound, Bytes.first(sound, sound.length - 1));
        sink.add("truncated", "second batch without its last byte", "none", false, two);
        sink.add("truncated", "second batch of 11 bytes", "none", false,
                Bytes.join(sound, Bytes.first(sound, 11)));
    }

    private void addFittingCuts(BadBatchLines.Sink sink) {
        for (String codec : Codecs.ALL) {
            byte[] batch = RawBatch.sound(codec);
            byte[] cut = fitted(Bytes.first(batch, batch.length - 1));
            sink.add("truncated-length-fits", "last byte missing", codec, false, cut);
            sink.add("truncated-length-fits", "last byte missing", codec, true,
                    Bytes.withCrc(cut));
        }
        byte[] header = fitted(Bytes.first(RawBatch.sound("none"), RawBatch.HEADER));
        sink.add("truncated-length-fits", "header alone", "none", true, Bytes.withCrc(header));
        byte[] longer = fitted(Bytes.join(RawBatch.sound("none"), new byte[1]));
        sink.add("truncated-length-fits", "a zero byte added", "none", true,
                Bytes.withCrc(longer));
    }

    private static byte[] fitted(byte[] batch) {
        return Bytes.withInt(batch, LENGTH_AT, batch.length - OVERHEAD);
    }

    private void addLengths(BadBatchLines.Sink sink) {
        for (String codec : new String[] {"none", "zstd"}) {
            byte[] sound = RawBatch.sound(codec);
            int right = sound.length - OVERHEAD;
            int[] lengths = {Integer.MIN_VALUE, -1, 0, 1, 13, 14, 48, 49, right - 1, right + 1,
                right + 1000, Integer.MAX_VALUE - OVERHEAD, Integer.MAX_VALUE};
            for (int length : lengths) {
                sink.add("batch-length", "batch length " + length + " (right: " + right + ")",
                        codec, true, Bytes.withInt(sound, LENGTH_AT, length));
            }
        }
    }

    private void addConcatenated(BadBatchLines.Sink sink) {
        byte[] plain = RawBatch.sound("none");
        byte[] packed = RawBatch.sound("gzip");
        byte[] bad = Bytes.withFlip(plain, plain.length - 1, 1);
        sink.add("concatenated", "two sound batches", "none", true, Bytes.join(plain, packed));
        sink.add("concatenated", "a sound one, a bad checksum", "none", false,
                Bytes.join(plain, bad));
        sink.add("concatenated", "a bad checksum, a sound one", "none", false,
                Bytes.join(bad, plain));
        sink.add("concatenated", "a sound one, zeros", "none", true,
                Bytes.join(plain, new byte[100]));
        sink.add("concatenated", "a sound one, 16 zeros", "none", true,
                Bytes.join(plain, new byte[16]));
        sink.add("concatenated", "a sound one, an empty one", "none", true,
                Bytes.join(plain, empty()));
        sink.add("concatenated", "magic 1, then magic 2", "none", true,
                Bytes.join(LegacyEntry.plain(1, 99), plain));
    }

    private static byte[] empty() {
        byte[] header = fitted(Bytes.first(RawBatch.sound("none"), RawBatch.HEADER));
        int countAt = DefaultRecordBatch.RECORDS_COUNT_OFFSET;
        return Bytes.withCrc(Bytes.withInt(header, countAt, 0));
    }
}
