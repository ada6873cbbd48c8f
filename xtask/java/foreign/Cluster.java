package foreign;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The cluster under judgement: its topics, their ends, and all that is in them. */
final class Cluster {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private final Options options;

    Cluster(Options options) {
        this.options = options;
    }

    void create(String topic) throws Exception {
        NewTopic wanted =
                new NewTopic(topic, Optional.of(options.partitions()), Optional.empty());
        try (Admin admin = Admin.create(options.client())) {
            admin.createTopics(List.of(wanted)).all().get();
        }
    }

    /** The ends of all partitions, open transactions included. */
    Map<TopicPartition, Long> ends(String topic) throws Exception {
        try (Admin admin = Admin.create(options.client())) {
            int count = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic)
                    .partitions().size();
            Map<TopicPartition, OffsetSpec> asked = new java.util.HashMap<>();
            for (int partition = 0; partition < count; partition++) {
                asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
            return admin.listOffsets(asked).all().get().entrySet().stream().collect(
                    Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
        }
    }

    KafkaConsumer<byte[], byte[]> consumer(String isolation, Properties more) {
        Properties properties = options.client();
        properties.put("isolation.level", isolation);
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.putAll(more);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Reads every partition from its beginning to its end. */
    void readAll(String topic, String isolation, Consumer<ConsumerRecord<byte[], byte[]>> sink)
            throws Exception {
        Map<TopicPartition, Long> ends = ends(topic);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation, new Properties())) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            long positions = -1;
            long since = System.nanoTime();
            while (ends.keySet().stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                records.forEach(sink);
                long reached = ends.keySet().stream().mapToLong(consumer::position).sum();
                if (reached != positions) {
                    positions = reached;
                    since = System.nanoTime();
                }
                Cluster.checkPatience(since, "reading " + topic + " does not advance");
            }
        }
    }

    static void checkPatience(long sinceNanos, String otherwise) {
        if (System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
            throw new IllegalStateException(otherwise);
        }
    }
}
