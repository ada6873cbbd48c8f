package foreign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Two members of a group read everything; one of them leaves midway. */
final class Group {
    private final Options options;
    private final Map<TopicPartition, Long> ends;
    private final Tally tally = new Tally();
    private final Figures figures = new Figures("group");
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Group(Options options, Map<TopicPartition, Long> ends) {
        this.options = options;
        this.ends = ends;
    }

    static Figures run(Options options) throws Exception {
        Produce.fill(options);
        return new Group(options, new Cluster(options).ends(options.topic())).judge();
    }

    private Figures judge() throws Exception {
        long total = ends.values().stream().mapToLong(Long::longValue).sum();
        long began = System.nanoTime();
        Member.Meeting meeting = new Member.Meeting(ends.size());
        Member leaver = new Member("leaver", options, meeting, total / 4);
        Member stayer = new Member("stayer", options, meeting, Long.MAX_VALUE);
        List<Thread> threads = new ArrayList<>();
        for (Member member : List.of(leaver, stayer)) {
            threads.add(new Thread(() -> run(member), "member"));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        figures.took(began);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        report(total, leaver, stayer);
        return figures;
    }

    private void run(Member member) {
        try {
            member.read(ends, this::take);
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        tally.take(record);
    }

    private void report(long total, Member leaver, Member stayer) {
        figures.put("left", leaver.count()).put("stayed", stayer.count());
        figures.put("rebalances", stayer.rebalances());
        figures.put("behind", behind(stayer.committed()));
        tally.report(figures, new Acks());
        figures.put("records", total);
        figures.put("lost", Math.max(0, total + figures.get("duplicated") - tally.records()));
        figures.demandDelivery(options);
        figures.demandZero("behind");
        figures.demandSome("left");
        figures.demandSome("stayed");
    }

    private long behind(Map<TopicPartition, OffsetAndMetadata> offsets) {
        return ends.entrySet().stream().mapToLong(end -> {
            OffsetAndMetadata offset = offsets.get(end.getKey());
            return Math.abs(end.getValue() - (offset == null ? 0 : offset.offset()));
        }).sum();
    }
}
