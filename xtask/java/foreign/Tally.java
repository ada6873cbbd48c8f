package foreign;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts what a reader finds: each number of each stream once, ascending in its partition. */
final class Tally {
    private final Map<String, Stream> streams = new HashMap<>();
    private long records;
    private long duplicated;
    private long reordered;
    private long foreign;

    /** The numbers of one stream that were seen, and where each was seen first. */
    private static final class Stream {
        private final BitSet seen = new BitSet();
        private final Map<Integer, Long> highest = new HashMap<>();
        private final Set<String> copies = new HashSet<>();
        private long[] offsets = new long[1024];

        private boolean isAt(int number, int partition, long offset) {
            return offsets[number] == offset || copies.contains(place(number, partition, offset));
        }

        private static String place(int number, int partition, long offset) {
            return number + "|" + partition + "|" + offset;
        }
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        records++;
        Content.Mark mark = Content.read(record);
        if (mark == null || mark.number() > Integer.MAX_VALUE - 8) {
            if (foreign++ < 5) {
                System.err.println("foreign content at " + record.partition() + "-"
                        + record.offset());
            }
            return;
        }
        take(streams.computeIfAbsent(mark.stream(), name -> new Stream()), (int) mark.number(),
                record);
    }

    private void take(Stream stream, int number, ConsumerRecord<byte[], byte[]> record) {
        if (stream.seen.get(number)) {
            duplicated++;
            stream.copies.add(Stream.place(number, record.partition(), record.offset()));
            return;
        }
        stream.seen.set(number);
        if (number >= stream.offsets.length) {
            stream.offsets = Arrays.copyOf(stream.offsets, 2 * number);
        }
        stream.offsets[number] = record.offset();
        long highest = stream.highest.getOrDefault(record.partition(), -1L);
        if (number < highest) {
            reordered++;
        } else {
            stream.highest.put(record.partition(), (long) number);
        }
    }

    long records() {
        return records;
    }

    /** Adds what was found, and how it compares with what the producer was told. */
    void report(Figures figures, Acks acks) {
        long lost = 0;
        long misplaced = 0;
        for (Acks.Run run : acks.runs()) {
            Stream stream = streams.getOrDefault(run.stream(), new Stream());
            for (long number = run.first(); number <= run.last(); number++) {
                long offset = run.offset() + (number - run.first());
                if (!stream.seen.get((int) number)) {
                    lost++;
                } else if (run.offset() != Acks.UNKNOWN
                        && !stream.isAt((int) number, run.partition(), offset)) {
                    misplaced++;
                }
            }
        }
        figures.put("records", acks.count()).put("read", records);
        figures.put("lost", lost).put("duplicated", duplicated).put("reordered", reordered);
        figures.put("foreign", foreign).put("misplaced", misplaced);
        figures.put("failed", acks.failed());
    }
}
