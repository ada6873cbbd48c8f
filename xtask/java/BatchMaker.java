package vectors;

import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/** Has the reference build batches of data. */
final class BatchMaker {
    private static final int[] LENGTHS = {62, 63, 64, 65, 126, 127, 128, 129};
    private static final int[] LONG_LENGTHS = {8191, 8192, 16383, 16384};
    private static final int HUGE = 300_000;

    private final Random random;
    private final BatchShape shape;
    private final String codec;
    private final BatchContents contents;
    private final BatchFrame frame;
    private final MemoryRecordsBuilder builder;
    private final long firstTimestamp;
    private long offset;
    private int count;

    private BatchMaker(Random random, BatchShape shape, String codec) {
        this.random = random;
        this.shape = shape;
        this.codec = codec;
        contents = new BatchContents(random);
        frame = BatchFrame.choose(random, shape);
        builder = frame.builder(codec);
        firstTimestamp = shape == BatchShape.FAR_TIMESTAMPS ? random.nextInt(1000)
                : BatchFrame.TIME + random.nextInt(2_000_000_000);
        offset = frame.baseOffset();
    }

    static byte[] make(Random random, BatchShape shape, String codec) {
        BatchMaker maker = new BatchMaker(random, shape, codec);
        maker.fill();
        return Codecs.bytes(maker.builder.build().buffer());
    }

    private void fill() {
        if (shape == BatchShape.LATE_FIRST_OFFSET) {
            offset += 1 + random.nextInt(100_000);
        }
        switch (shape) {
            case TOMBSTONE -> add(null, null);
            case ONE_RECORD -> add(contents.key(), contents.text(30));
            case RECORD_LENGTHS -> addOfLengths(LENGTHS);
            case LONG_RECORD_LENGTHS -> addOfLengths(LONG_LENGTHS);
            case BIG_VALUE -> addAmongOthers(contents.text(100_001 + random.nextInt(20_000)));
            case HUGE_VALUE -> addAmongOthers(contents.text(HUGE));
            case NOISE -> addAmongOthers(contents.noise(noiseLength()));
            case SEVERAL_BLOCKS -> addRecords(70, 2000);
            case MANY_RECORDS -> addRecords(150, 12);
            case MANY_HEADERS -> addWithHeaders();
            default -> addMixed(1 + random.nextInt(14));
        }
        if (shape == BatchShape.LATE_LAST_OFFSET) {
            boolean isFarthest = random.nextBoolean();
            builder.overrideLastOffset(isFarthest ? frame.baseOffset() + Integer.MAX_VALUE
                    : offset + random.nextInt(1000));
        } else if (shape == BatchShape.OFFSET_GAPS && random.nextBoolean()) {
            builder.overrideLastOffset(offset + 1 + random.nextInt(50));
        }
    }

    /** Past a block's end only where blocks are, as noise makes the files large. */
    private int noiseLength() {
        return switch (codec) {
            case "lz4" -> 66_000;
            case "snappy" -> 33_000;
            default -> 3_000;
        };
    }

    private void addOfLengths(int[] lengths) {
        for (int length : lengths) {
            int delta = (int) (offset - frame.baseOffset());
            boolean isRelativeToFirst = frame.deleteHorizon() < 0;
            long base = isRelativeToFirst ? firstTimestamp : frame.deleteHorizon();
            byte[] value = contents.valueForLength(length, delta, firstTimestamp - base);
            add(firstTimestamp, null, value, contents.headers(0));
        }
    }

    private void addAmongOthers(byte[] value) {
        add(contents.key(), contents.value());
        add(contents.key(), value);
        add(contents.key(), contents.value());
    }

    private void addRecords(int records, int size) {
        byte[] repeated = contents.text(size);
        for (int i = 0; i < records; i++) {
            add(contents.text(4), repeated);
        }
    }

    private void addWithHeaders() {
        for (int i = 0; i < 5; i++) {
            add(timestamp(), contents.key(), contents.value(), contents.headers(12));
        }
    }

    private void addMixed(int records) {
        for (int i = 0; i < records; i++) {
            add(timestamp(), contents.key(), contents.value(), contents.headers());
        }
    }

    private void add(byte[] key, byte[] value) {
        add(timestamp(), key, value, contents.headers(0));
    }

    private void add(long timestamp, byte[] key, byte[] value, Header[] headers) {
        builder.appendWithOffset(offset, timestamp, key, value, headers);
        count++;
        offset += shape == BatchShape.OFFSET_GAPS ? gap() : 1;
    }

    private int gap() {
        return random.nextInt(10) == 0 ? 1 + random.nextInt(100_000_000) : 1 + random.nextInt(70);
    }

    private long timestamp() {
        if (count == 0) {
            return firstTimestamp;
        }
        return switch (shape) {
            case FAR_TIMESTAMPS -> far();
            case FALLING_TIMESTAMPS -> firstTimestamp - random.nextLong(1L << random.nextInt(41));
            default -> random.nextInt(20) == 0 ? -1 : firstTimestamp + random.nextInt(400) - 50;
        };
    }

    private long far() {
        long[] far = {1L << 31, 1L << 32, (1L << 62) - 1, 1L << 62, (1L << 62) + 1000,
            Long.MAX_VALUE, Long.MAX_VALUE - 1, -1, 0, random.nextLong() >>> 1};
        return far[random.nextInt(far.length)];
    }
}
