package foreign;

import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Logs with one fault each, which the tally must find: a judge that cannot say no is none. */
final class SelfTest {
    private final Figures figures = new Figures("self-test");

    private SelfTest() {}

    static Figures run() {
        SelfTest test = new SelfTest();
        test.expect("sound", log(0, 1, 2, 3), told(0, 4), "");
        test.expect("a copy", log(0, 1, 2, 1, 3), told(-1, 4), "duplicated");
        test.expect("a swap", log(0, 2, 1, 3), told(-1, 4), "reordered");
        test.expect("a gap", log(0, 1, 3), told(-1, 4), "lost");
        test.expect("another offset", log(0, 1), told(1, 2), "misplaced");
        Tally changed = new Tally();
        changed.take(record(0, 0, 1));
        test.expect("another content", changed, new Acks(), "foreign");
        return test.figures;
    }

    private static Tally log(long... numbers) {
        Tally tally = new Tally();
        for (int offset = 0; offset < numbers.length; offset++) {
            tally.take(record(numbers[offset], offset, 0));
        }
        return tally;
    }

    private static Acks told(long offset, int count) {
        Acks acks = new Acks();
        for (int number = 0; number < count; number++) {
            acks.add(mark(0).stream(), 0, number, offset < 0 ? offset : offset + number);
        }
        return acks;
    }

    private static ConsumerRecord<byte[], byte[]> record(long number, long offset, int change) {
        ProducerRecord<byte[], byte[]> made = Content.record("topic", 0, mark(number));
        made.value()[made.value().length - 1] ^= (byte) change;
        return new ConsumerRecord<>("topic", 0, offset, 0L, TimestampType.CREATE_TIME, 0, 0,
                made.key(), made.value(), made.headers(), Optional.empty());
    }

    private static Content.Mark mark(long number) {
        return new Content.Mark("self", 0, number);
    }

    /** One count and no other is above zero. */
    private void expect(String fault, Tally tally, Acks acks, String finding) {
        Figures found = new Figures(fault);
        tally.report(found, acks);
        for (String name : Arrays.asList("lost", "duplicated", "reordered", "foreign",
                "misplaced")) {
            boolean isFound = found.get(name) > 0;
            if (isFound != name.equals(finding)) {
                System.err.println(fault + " gives " + found.json());
                figures.put("violations", 1);
            }
        }
    }
}
