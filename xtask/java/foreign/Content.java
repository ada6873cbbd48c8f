package foreign;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * What the records hold: key, headers and value all follow from a mark, so that a reader can tell
 * to the byte what a record must be. The programs in other languages write the same.
 */
final class Content {
    /** The partition of a mark whose records may stand in any. */
    static final int ANY = -1;

    private static final String PRODUCER = "producer";
    private static final String NUMBER = "number";
    private static final int LENGTH = 100;
    private static final byte[][] WORDS = words("alpha broker commit delta epoch fence group hash "
            + "index jitter key leader member node offset page");

    private Content() {}

    /** Who wrote a record, for which partition, and how many of theirs came before it. */
    record Mark(String producer, int partition, long number) {
        String stream() {
            return producer + "|" + partition;
        }
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Integer partition, Mark mark) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, key(mark), value(mark));
        record.headers().add(PRODUCER, mark.producer().getBytes(StandardCharsets.UTF_8));
        record.headers().add(NUMBER, ByteBuffer.allocate(8).putLong(mark.number()).array());
        return record;
    }

    private static byte[] key(Mark mark) {
        return ("key-" + mark.number()).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] value(Mark mark) {
        byte[] value = new byte[LENGTH];
        byte[] start = (mark.stream() + "|" + mark.number() + "|").getBytes(StandardCharsets.UTF_8);
        int at = put(value, 0, start);
        // Knuth's generator: words that codecs can shorten, and that differ between records.
        long state = mark.number();
        while (at < LENGTH) {
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

    /** The mark of a record that is as its mark demands, or null. */
    static Mark read(ConsumerRecord<byte[], byte[]> record) {
        Mark mark = mark(record.headers(), record.value());
        boolean isSound = mark != null && Arrays.equals(record.key(), key(mark))
                && Arrays.equals(record.value(), value(mark))
                && (mark.partition() == ANY || mark.partition() == record.partition());
        return isSound ? mark : null;
    }

    private static Mark mark(Headers headers, byte[] value) {
        Header producer = headers.lastHeader(PRODUCER);
        long number = number(headers);
        if (producer == null || number < 0 || value == null) {
            return null;
        }
        String name = new String(producer.value(), StandardCharsets.UTF_8);
        String[] parts = new String(value, StandardCharsets.UTF_8).split("\\|", 3);
        try {
            return parts.length < 3 ? null : new Mark(name, Integer.parseInt(parts[1]), number);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The number in the headers, or -1. */
    static long number(Headers headers) {
        Header header = headers.lastHeader(NUMBER);
        boolean isNumber = header != null && header.value() != null && header.value().length == 8;
        return isNumber ? ByteBuffer.wrap(header.value()).getLong() : -1;
    }

    private static byte[][] words(String list) {
        String[] words = list.split(" ");
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = (words[i] + " ").getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }
}
