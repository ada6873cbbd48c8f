package produced;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Holds what is in the log against what the producer was told. */
final class Records {
    /** It was told to be there, and is not. */
    static final String LOST = "lost";
    /** It is there more than once. */
    static final String DUPLICATED = "duplicated";
    /** It stands behind a later one of its partition. */
    static final String REORDERED = "reordered";
    /** It is not as its number demands. */
    static final String FOREIGN = "foreign";
    /** It is not in its partition, or not where the producer was told that it is. */
    static final String MISPLACED = "misplaced";
    /** It was told not to be there, and is. */
    static final String CONTRADICTED = "contradicted";
    /** The producer was told nothing about it. */
    static final String UNTOLD = "untold";

    private final Outcome outcome;
    private final Figures figures = new Figures();
    private final BitSet seen = new BitSet();
    private final long[] last;
    private long read;

    Records(Outcome outcome) {
        this.outcome = outcome;
        last = new long[outcome.formula().partitions()];
        Arrays.fill(last, -1);
        figures.expectNone(
                LOST, DUPLICATED, REORDERED, FOREIGN, MISPLACED, CONTRADICTED, UNTOLD);
    }

    static Figures judge(String bootstrap, String topic, Path file, String isolation)
            throws IOException {
        Records records = new Records(Outcome.read(file));
        Reader.readAll(bootstrap, topic, isolation, records::take);
        return records.conclude();
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        read++;
        long claimed = Formula.number(record);
        if (claimed < 0 || claimed >= outcome.count()) {
            figures.fault(FOREIGN, place(record) + " has no number of ours");
            return;
        }
        int number = (int) claimed;
        String wrong = outcome.formula().wrong(number, record);
        if (wrong != null) {
            figures.fault(FOREIGN, place(record) + ", number " + number + ", another " + wrong);
        }
        if (!seen.get(number)) {
            checkPlace(number, record);
        }
        checkSequence(number, record);
        int end = outcome.end(number);
        if (end != Outcome.ACKED && end != Outcome.UNKNOWN && end != Outcome.UNTOLD) {
            figures.fault(CONTRADICTED, place(record) + ", number " + number + " is "
                    + Outcome.NAMES[end]);
        }
    }

    private void checkPlace(int number, ConsumerRecord<byte[], byte[]> record) {
        int demanded = outcome.formula().partition(number);
        int told = outcome.partition(number);
        long offset = outcome.offset(number);
        boolean isThere = (demanded == Formula.ANY || demanded == record.partition())
                && (told < 0 || told == record.partition())
                && (offset < 0 || offset == record.offset());
        if (!isThere) {
            figures.fault(MISPLACED, place(record) + ", number " + number + ", is to be in "
                    + demanded + ", told in " + told + " at " + offset);
        }
    }

    private void checkSequence(int number, ConsumerRecord<byte[], byte[]> record) {
        if (seen.get(number)) {
            figures.fault(DUPLICATED, place(record) + ", number " + number);
        } else if (number < last[record.partition()]) {
            figures.fault(REORDERED, place(record) + ", number " + number + " after "
                    + last[record.partition()]);
        }
        seen.set(number);
        last[record.partition()] = Math.max(last[record.partition()], number);
    }

    Figures conclude() {
        for (int number = 0; number < outcome.count(); number++) {
            if (outcome.end(number) == Outcome.ACKED && !seen.get(number)) {
                figures.fault(LOST, "number " + number + " of partition "
                        + outcome.partition(number) + " at " + outcome.offset(number));
            } else if (outcome.end(number) == Outcome.UNTOLD) {
                figures.fault(UNTOLD, "number " + number);
            }
        }
        figures.put("read", read);
        return figures;
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return "partition " + record.partition() + " at " + record.offset();
    }
}
