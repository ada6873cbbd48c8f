package produced;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning to its end. */
final class Reader {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(90).toNanos();

    private Reader() {}

    static void readAll(String bootstrap, String topic, String isolation,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        // The end of what is committed may lie before that of the log while a transaction is open:
        // all of it is wanted, so that a transaction that is never ended is seen as no advance.
        Map<TopicPartition, Long> ends = ends(bootstrap, topic);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, isolation)) {
            Collection<TopicPartition> partitions = ends.keySet();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long reached = -1;
            long since = System.nanoTime();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                records.forEach(sink);
                long sum = partitions.stream().mapToLong(consumer::position).sum();
                if (sum != reached) {
                    reached = sum;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > PATIENCE_NANOS) {
                    throw new IllegalStateException("reading " + topic + " does not advance");
                }
            }
        }
    }

    private static Map<TopicPartition, Long> ends(String bootstrap, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, "read_uncommitted")) {
            return consumer.endOffsets(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition())).toList());
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String isolation) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("isolation.level", isolation);
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        properties.put("max.poll.records", "5000");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
