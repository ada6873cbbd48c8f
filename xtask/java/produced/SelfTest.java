package produced;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Logs with one fault each, which the judge must find: one that cannot say no is none. */
final class SelfTest {
    private static final String[] KINDS = {Records.LOST, Records.DUPLICATED, Records.REORDERED,
        Records.FOREIGN, Records.MISPLACED, Records.CONTRADICTED, Records.UNTOLD};
    private static final int COUNT = 64;
    private static final Formula FORMULA = new Formula(7, 1, 1_700_000_000_000L);

    private final Figures figures = new Figures();

    private SelfTest() {}

    static Figures run() {
        SelfTest test = new SelfTest();
        test.figures.expectNone("failed");
        test.records();
        test.lines();
        return test.figures;
    }

    private void records() {
        expect("sound", Outcome.ACKED, null, log -> run(log, 0, COUNT));
        expect("unknown and gone", Outcome.UNKNOWN, null, log -> run(log, 0, COUNT - 1));
        expect("a gap", Outcome.ACKED, Records.LOST, log -> run(log, 0, COUNT - 1));
        expect("a copy", Outcome.ACKED, Records.DUPLICATED, log -> {
            run(log, 0, COUNT);
            log.take(record(3, COUNT, 3));
        });
        expect("a swap", Outcome.UNKNOWN, Records.REORDERED, log -> {
            run(log, 0, 5);
            log.take(record(6, 5, 6));
            log.take(record(5, 6, 5));
        });
        expect("another content", Outcome.UNKNOWN, Records.FOREIGN,
                log -> log.take(record(1, 0, 2)));
        expect("another offset", Outcome.ACKED, Records.MISPLACED, log -> run(log, 1, COUNT));
        expect("after all", Outcome.NOT_WRITTEN, Records.CONTRADICTED,
                log -> log.take(record(1, 0, 1)));
        expect("aborted", Outcome.ABORTED, Records.CONTRADICTED,
                log -> log.take(record(1, 0, 1)));
        expect("silence", Outcome.UNTOLD, Records.UNTOLD, log -> run(log, 0, COUNT));
    }

    private static void run(Records log, int shift, int count) {
        for (int number = 0; number < count; number++) {
            log.take(record(number, number + shift, number));
        }
    }

    /** A fault of this kind is found and no other. */
    private void expect(String what, int end, String kind, Consumer<Records> write) {
        Records records = new Records(outcome(end));
        write.accept(records);
        Figures found = records.conclude();
        for (String each : KINDS) {
            if (found.faults(each) > 0 != each.equals(kind)) {
                figures.fault("failed", what + ": " + found.json());
            }
        }
    }

    /** All records ended the same; those that were acknowledged are at their number. */
    private static Outcome outcome(int end) {
        ByteBuffer bytes = ByteBuffer.allocate(20 + 13 * COUNT);
        bytes.putLong(FORMULA.seed()).putInt(FORMULA.partitions()).putLong(FORMULA.base());
        for (int number = 0; number < COUNT; number++) {
            boolean isTold = end == Outcome.ACKED;
            bytes.put((byte) end).putInt(isTold ? 0 : -1).putLong(isTold ? number : -1);
        }
        return Outcome.of(bytes.flip());
    }

    /** A record that says it has one number, and holds what another has. */
    private static ConsumerRecord<byte[], byte[]> record(int number, long offset, int content) {
        long dice = FORMULA.mixed(number);
        long other = FORMULA.mixed(content);
        byte[] key = number == content ? FORMULA.key(dice) : new byte[] {1};
        return new ConsumerRecord<>("topic", 0, offset, FORMULA.base() + number % 1000,
                TimestampType.CREATE_TIME, 0, 0, key, FORMULA.value(number, dice),
                new RecordHeaders(FORMULA.headers(number, number == content ? dice : other)),
                Optional.empty());
    }

    private void lines() {
        Lines sound = new Lines(3, 1, 20);
        sound.take(line(0, 0));
        sound.take(line(2, 1));
        demand("lines", sound.conclude().isGood());
        Lines broken = new Lines(3, 1, 20);
        broken.take(line(1, 0));
        Figures found = broken.conclude();
        demand("a broken line", found.faults("foreign") == 1 && found.faults("lost") == 2);
    }

    private static ConsumerRecord<byte[], byte[]> line(int number, long offset) {
        return new ConsumerRecord<>("topic", 0, offset, null, Lines.line(number, 20));
    }

    private void demand(String what, boolean holds) {
        if (!holds) {
            figures.fault("failed", what);
        }
    }
}
