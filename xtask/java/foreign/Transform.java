package foreign;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Consume, transform, produce: offsets travel in the transactions, some of which are aborted and
 * some left open by a producer that goes away without a word.
 */
final class Transform {
    private static final String ATTEMPT = "attempt";
    private static final String NAME = "transform";

    private final Options options;
    private final Cluster cluster;
    private final String output;
    private final Set<String> undone = new HashSet<>();
    private final Acks committed = new Acks();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private KafkaProducer<byte[], byte[]> producer;
    private long attempts;
    private long aborted;
    private long abandoned;
    private long undoneRecords;

    private Transform(Options options) {
        this.options = options;
        cluster = new Cluster(options);
        output = options.topic() + "-out";
    }

    /** `transactions [--transactions K]`. */
    static Figures run(Options options) throws Exception {
        Produce.fill(options);
        return new Transform(options).judge();
    }

    private Figures judge() throws Exception {
        cluster.create(output);
        Figures figures = new Figures("transactions");
        Map<TopicPartition, Long> ends = cluster.ends(options.topic());
        long began = System.nanoTime();
        producer = producer();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(Set.of(options.topic()));
            transformAll(consumer, ends);
            figures.took(began);
            figures.put("behind", behind(consumer, ends));
        } finally {
            producer.close(Duration.ofSeconds(10));
        }
        figures.put("transactions", attempts).put("aborted", aborted).put("abandoned", abandoned);
        report(figures);
        return figures;
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = options.producer();
        properties.put("transactional.id", options.topic() + "-id");
        KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(properties,
                new ByteArraySerializer(), new ByteArraySerializer());
        made.initTransactions();
        return made;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put("group.id", options.topic() + "-group");
        long size = Math.max(1, options.records() / options.number("transactions", 60));
        properties.put("max.poll.records", Long.toString(size));
        return cluster.consumer("read_committed", properties);
    }

    private void transformAll(KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends) {
        long since = System.nanoTime();
        while (!ends.equals(next)) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
            if (!records.isEmpty()) {
                transform(consumer, records);
                since = System.nanoTime();
            }
            Cluster.checkPatience(since, "the transformation does not advance");
        }
    }

    private void transform(KafkaConsumer<byte[], byte[]> consumer,
            ConsumerRecords<byte[], byte[]> records) {
        String attempt = Long.toString(attempts++);
        Acks told = new Acks();
        producer.beginTransaction();
        records.forEach(record -> send(record, attempt, told));
        producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
        switch ((int) (attempts % 10)) {
            case 3, 6 -> abort(attempt, records.count());
            case 8 -> abandon(attempt, records.count());
            default -> {
                producer.commitTransaction();
                commit(told, records.nextOffsets());
                return;
            }
        }
        rewind(consumer);
    }

    private void send(ConsumerRecord<byte[], byte[]> record, String attempt, Acks told) {
        long number = record.offset();
        Content.Mark mark = new Content.Mark(NAME, record.partition(), number);
        ProducerRecord<byte[], byte[]> made = Content.record(output, record.partition(), mark);
        made.headers().add(ATTEMPT, attempt.getBytes(StandardCharsets.UTF_8));
        producer.send(made, (where, error) -> {
            if (error == null) {
                told.add(mark.stream(), where.partition(), number, where.offset());
            } else {
                told.fail(error);
            }
        });
    }

    private void commit(Acks told, Map<TopicPartition, OffsetAndMetadata> offsets) {
        committed.addAll(told);
        offsets.forEach((partition, offset) -> next.put(partition, offset.offset()));
    }

    /** Flushed first, so that what must stay unseen is in the log. */
    private void abort(String attempt, int records) {
        producer.flush();
        producer.abortTransaction();
        undo(attempt, records);
        aborted++;
    }

    private void abandon(String attempt, int records) {
        producer.flush();
        producer.close(Duration.ZERO);
        producer = producer();
        undo(attempt, records);
        abandoned++;
    }

    private void undo(String attempt, int records) {
        undone.add(attempt);
        undoneRecords += records;
    }

    /** Back to what the group has committed, which an undone transaction must not have moved. */
    private void rewind(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.committed(consumer.assignment()).forEach((partition, offset) ->
                consumer.seek(partition, offset == null ? 0 : offset.offset()));
    }

    /** How far the group's committed offsets are from the ends of what was transformed. */
    private long behind(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(ends.keySet());
        return ends.entrySet().stream().mapToLong(end -> {
            OffsetAndMetadata offset = offsets.get(end.getKey());
            return Math.abs(end.getValue() - (offset == null ? 0 : offset.offset()));
        }).sum();
    }

    private void report(Figures figures) throws Exception {
        Tally tally = new Tally();
        long[] visible = new long[2];
        cluster.readAll(output, "read_committed", record -> {
            tally.take(record);
            visible[0] += isUndone(record) ? 1 : 0;
        });
        cluster.readAll(output, "read_uncommitted",
                record -> visible[1] += isUndone(record) ? 1 : 0);
        tally.report(figures, committed);
        figures.put("visible_aborted", visible[0]);
        figures.put("aborted_records", undoneRecords).put("aborted_in_log", visible[1]);
        figures.put("asked", options.records());
        figures.demandDelivery(options);
        figures.demandZero("behind", "visible_aborted");
        figures.demandEqual("records", "asked");
        figures.demandEqual("aborted_records", "aborted_in_log");
        figures.demandSome("aborted");
        figures.demandSome("abandoned");
    }

    private boolean isUndone(ConsumerRecord<byte[], byte[]> record) {
        byte[] attempt = record.headers().lastHeader(ATTEMPT).value();
        return undone.contains(new String(attempt, StandardCharsets.UTF_8));
    }
}
