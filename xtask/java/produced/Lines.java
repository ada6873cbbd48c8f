package produced;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts the lines of a file that are in a topic: each once, as it was, and in order. */
final class Lines {
    private static final int DIGITS = 10;

    private final Figures figures = new Figures();
    private final BitSet seen = new BitSet();
    private final long count;
    private final long broken;
    private final int length;
    private int[] last = new int[1];
    private long read;

    /** A line that is broken must not be there; -1 if none is. */
    Lines(long count, long broken, int length) {
        this.count = count;
        this.broken = broken;
        this.length = length;
        figures.expectNone("lost", "duplicated", "reordered", "foreign");
    }

    static Figures judge(String bootstrap, String topic, long count, long broken, int length) {
        Lines lines = new Lines(count, broken, length);
        Reader.readAll(bootstrap, topic, "read_uncommitted", lines::take);
        return lines.conclude();
    }

    /** What the line of a number holds: the number, and a letter that follows from it. */
    static byte[] line(int number, int length) {
        byte[] line = new byte[length];
        byte[] head = String.format("%010d", number).getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(line, (byte) ('a' + number % 26));
        System.arraycopy(head, 0, line, 0, DIGITS);
        return line;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        read++;
        int number = number(record.value());
        boolean isLine = number >= 0 && number < count && number != broken;
        if (!isLine || !isAsItWas(record.value(), number)) {
            figures.fault("foreign", "partition " + record.partition() + " at " + record.offset());
            return;
        }
        if (record.partition() >= last.length) {
            last = Arrays.copyOf(last, record.partition() + 1);
        }
        if (seen.get(number)) {
            figures.fault("duplicated", "line " + number);
        } else if (number < last[record.partition()]) {
            figures.fault("reordered", "line " + number + " after " + last[record.partition()]);
        }
        seen.set(number);
        last[record.partition()] = Math.max(last[record.partition()], number);
    }

    private boolean isAsItWas(byte[] value, int number) {
        if (value.length != length) {
            return false;
        }
        byte letter = (byte) ('a' + number % 26);
        for (int at = DIGITS; at < length; at++) {
            if (value[at] != letter) {
                return false;
            }
        }
        return true;
    }

    private static int number(byte[] value) {
        int number = 0;
        for (int at = 0; at < DIGITS; at++) {
            if (value == null || at >= value.length || value[at] < '0' || value[at] > '9') {
                return -1;
            }
            number = number * 10 + value[at] - '0';
        }
        return number;
    }

    Figures conclude() {
        for (int number = 0; number < count; number++) {
            if (number != broken && !seen.get(number)) {
                figures.fault("lost", "line " + number);
            }
        }
        figures.put("read", read);
        return figures;
    }
}
