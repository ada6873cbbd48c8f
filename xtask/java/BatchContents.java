package vectors;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.DefaultRecord;

/** Random keys, values and headers. */
final class BatchContents {
    private static final String[] WORDS = {"alpha", "broker", "commit", "delta", "epoch", "fence",
        "group", "{\"id\": ", "jitter", "\n", "lag", "member", "node", "offset", "partition"};
    /** Around the lengths at which a varint grows, taken as signed and as unsigned. */
    private static final int[] LENGTHS = {62, 63, 64, 65, 126, 127, 128, 129, 255, 256};
    private static final String[] NAMES = {"", "h", "trace-id", "trace-id", "é", "漢字", "😀",
        "\u0000", "\uffff", "a:b=c", "content-type"};
    private static final Header[] NO_HEADERS = {};

    private final Random random;

    BatchContents(Random random) {
        this.random = random;
    }

    byte[] key() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> null;
            case 2 -> new byte[0];
            case 3 -> noise(LENGTHS[random.nextInt(LENGTHS.length)] % 70);
            default -> text(1 + random.nextInt(16));
        };
    }

    byte[] value() {
        return switch (random.nextInt(10)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> text(LENGTHS[random.nextInt(LENGTHS.length)]);
            case 3 -> noise(1 + random.nextInt(40));
            default -> text(1 + random.nextInt(160));
        };
    }

    /** Text of words; a long one repeats itself, as the files must stay small. */
    byte[] text(int length) {
        StringBuilder unit = new StringBuilder();
        while (unit.length() < Math.min(length, 300)) {
            String word = WORDS[random.nextInt(WORDS.length)];
            unit.append(word).append(random.nextInt(100)).append(' ');
        }
        String once = unit.toString();
        byte[] repeated = once.repeat(length / once.length() + 1).getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(repeated, length);
    }

    /** What no codec can make smaller. */
    byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    Header[] headers() {
        return switch (random.nextInt(6)) {
            case 0 -> headers(12);
            case 1, 2 -> headers(1 + random.nextInt(3));
            default -> NO_HEADERS;
        };
    }

    Header[] headers(int count) {
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = random.nextInt(9) == 0 ? "n".repeat(60 + random.nextInt(10))
                    : NAMES[random.nextInt(NAMES.length)];
            headers.add(new RecordHeader(name, headerValue()));
        }
        return headers.toArray(Header[]::new);
    }

    private byte[] headerValue() {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> new byte[0];
            default -> noise(1 + random.nextInt(12));
        };
    }

    /** A value with which the record, without key and headers, gets just this length. */
    byte[] valueForLength(int length, int offsetDelta, long timestampDelta) {
        for (int size = length; size >= 0; size--) {
            if (DefaultRecord.sizeOfBodyInBytes(offsetDelta, timestampDelta, -1, size, NO_HEADERS)
                    == length) {
                return text(size);
            }
        }
        throw new IllegalStateException("no value gives a record of " + length + " bytes");
    }
}
