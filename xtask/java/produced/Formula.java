package produced;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/**
 * What each record must hold: everything follows from a seed and the record's number. The producer
 * follows the same rules: `crates/producer/examples/soak/formula.rs`.
 */
record Formula(long seed, int partitions, long base) {
    /** Where a record may stand in any partition. */
    static final int ANY = -1;

    private static final int KEYS = 5000;
    private static final int LARGE = 100_000;
    private static final String NUMBER = "number";
    private static final String MARK = "mark";
    private static final byte[] NONE = {};

    /** As far as the clocks of one machine may be apart, and a run may take. */
    private static final long DAY_MILLIS = 86_400_000;

    private static final byte[][] WORDS = words("alpha broker commit delta epoch fence group hash "
            + "index jitter key leader member node offset page");

    /** The number that a record says it has, or -1. */
    static long number(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(NUMBER);
        if (header != null) {
            boolean isNumber = header.value() != null && header.value().length == 8;
            return isNumber ? ByteBuffer.wrap(header.value()).getLong() : -1;
        }
        byte[] value = record.value();
        long number = 0;
        for (int at = 0; value != null && at < Math.min(value.length, 19); at++) {
            if (value[at] == '|') {
                return at == 0 ? -1 : number;
            }
            if (value[at] < '0' || value[at] > '9') {
                return -1;
            }
            number = number * 10 + value[at] - '0';
        }
        return -1;
    }

    /** What a record of this number has that it must not have, or lacks; null for nothing. */
    String wrong(long number, ConsumerRecord<byte[], byte[]> record) {
        long dice = mixed(number);
        if (!Arrays.equals(record.key(), key(dice))) {
            return "key";
        }
        if (!Arrays.equals(record.value(), value(number, dice))) {
            return "value";
        }
        if (!hasHeaders(record.headers(), number, dice)) {
            return "headers";
        }
        return isTimely(record, number, dice) ? null : "timestamp";
    }

    /** The partition in which a record must stand, or any. */
    int partition(long number) {
        long dice = mixed(number);
        return switch ((int) (dice & 7)) {
            case 0 -> ANY;
            case 1, 2 -> (int) (number % partitions);
            default -> Utils.toPositive(Utils.murmur2(key(dice))) % partitions;
        };
    }

    byte[] key(long dice) {
        return switch ((int) (dice & 7)) {
            case 0, 1 -> null;
            case 2 -> NONE;
            default -> ("key-" + (dice >>> 32) % KEYS).getBytes(StandardCharsets.UTF_8);
        };
    }

    byte[] value(long number, long dice) {
        return switch ((int) (dice >>> 3 & 15)) {
            case 0 -> null;
            case 1 -> NONE;
            default -> text(number, dice);
        };
    }

    List<Header> headers(long number, long dice) {
        boolean hasHeaders = (dice >>> 3 & 15) < 2 || (dice >>> 7 & 3) == 0;
        return !hasHeaders ? List.of() : List.of(
                new RecordHeader(NUMBER, bytes(number)), new RecordHeader(MARK, (byte[]) null),
                new RecordHeader(MARK, NONE), new RecordHeader(MARK, bytes(dice)));
    }

    private boolean hasHeaders(Headers found, long number, long dice) {
        return Arrays.equals(found.toArray(), headers(number, dice).toArray());
    }

    private boolean isTimely(ConsumerRecord<byte[], byte[]> record, long number, long dice) {
        if (record.timestampType() != TimestampType.CREATE_TIME) {
            return false;
        }
        boolean isGiven = (dice >>> 9 & 7) == 0;
        return isGiven ? record.timestamp() == base + number % 1000
                : Math.abs(record.timestamp() - base) < DAY_MILLIS;
    }

    /** Steele's generator, at a place of its sequence (splitmix64). */
    long mixed(long number) {
        long z = seed + number * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private static byte[] text(long number, long dice) {
        boolean isLarge = (dice >>> 20 & 4095) == 0;
        int length = isLarge ? LARGE : (int) (dice >>> 12 & 255) + 20;
        byte[] value = new byte[length];
        int at = put(value, 0, (number + "|").getBytes(StandardCharsets.UTF_8));
        long state = dice;
        while (at < length) {
            // Knuth's generator, of which the upper bits are the good ones.
            state = state * 6364136223846793005L + 1442695040888963407L;
            at = put(value, at, WORDS[(int) (state >>> 60)]);
        }
        return value;
    }

    private static int put(byte[] into, int at, byte[] bytes) {
        int count = Math.min(bytes.length, into.length - at);
        System.arraycopy(bytes, 0, into, at, count);
        return at + count;
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static byte[][] words(String list) {
        return Arrays.stream(list.split(" "))
                .map(word -> (word + " ").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
