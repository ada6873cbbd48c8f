package foreign;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One member of a consumer group, which commits what it has read before it gives it away. */
final class Member implements ConsumerRebalanceListener {
    /** Reading begins when both members hold partitions: a fast one would read all by itself. */
    static final class Meeting {
        private final Map<String, Integer> held = new HashMap<>();
        private final int partitions;
        private boolean isOpen;

        Meeting(int partitions) {
            this.partitions = partitions;
        }

        synchronized void holds(String member, int count) {
            held.put(member, count);
            int all = held.values().stream().mapToInt(Integer::intValue).sum();
            isOpen |= held.size() == 2 && !held.containsValue(0) && all == partitions;
        }

        synchronized boolean isOpen() {
            return isOpen;
        }
    }

    private final String name;
    private final Meeting meeting;
    private final long limit;
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();
    private long count;
    private long rebalances;

    Member(String name, Options options, Meeting meeting, long limit) {
        this.name = name;
        this.meeting = meeting;
        this.limit = limit;
        topic = options.topic();
        Properties properties = new Properties();
        properties.put("group.id", topic + "-group");
        properties.put("group.protocol", "classic");
        properties.put("client.id", name);
        properties.put("heartbeat.interval.ms", "300");
        consumer = new Cluster(options).consumer("read_uncommitted", properties);
    }

    /** Reads until the group has committed everything, or as much as this member wants. */
    void read(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        try (consumer) {
            consumer.subscribe(Set.of(topic), this);
            long since = System.nanoTime();
            while (count < limit && !isDone(ends)) {
                ConsumerRecords<byte[], byte[]> records = poll();
                if (!records.isEmpty()) {
                    take(records, sink);
                    since = System.nanoTime();
                }
                Cluster.checkPatience(since, name + " does not advance");
            }
            consumer.commitSync(read);
            committed = consumer.committed(ends.keySet());
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        if (meeting.isOpen()) {
            consumer.resume(consumer.paused());
        } else {
            consumer.pause(consumer.assignment());
        }
        return consumer.poll(Duration.ofMillis(100));
    }

    private void take(ConsumerRecords<byte[], byte[]> records,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        records.forEach(sink);
        count += records.count();
        read.putAll(records.nextOffsets());
        consumer.commitAsync(records.nextOffsets(), null);
    }

    /** A member that holds all partitions has read, or others have, up to the ends. */
    private boolean isDone(Map<TopicPartition, Long> ends) {
        return consumer.assignment().containsAll(ends.keySet()) && ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        rebalances++;
        meeting.holds(name, consumer.assignment().size());
        if (!meeting.isOpen()) {
            consumer.pause(partitions);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        consumer.commitSync(read);
        read.clear();
        meeting.holds(name, 0);
    }

    long count() {
        return count;
    }

    long rebalances() {
        return rebalances;
    }

    Map<TopicPartition, OffsetAndMetadata> committed() {
        return committed;
    }
}
