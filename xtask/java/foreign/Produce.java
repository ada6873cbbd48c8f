package foreign;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Two producers in two threads, each numbering its records in each partition. */
final class Produce {
    private static final int PRODUCERS = 2;

    private final Options options;
    private final Acks acks = new Acks();

    Produce(Options options) {
        this.options = options;
    }

    /** `produce --acks FILE`: leaves the judgement to `verify`. */
    Figures run() throws Exception {
        if (!options.has("auto-create")) {
            new Cluster(options).create(options.topic());
        }
        Figures figures = new Figures("produce");
        long began = System.nanoTime();
        send();
        figures.took(began);
        acks.write(Path.of(options.text("acks")));
        figures.put("records", acks.count()).put("failed", acks.failed());
        figures.demandZero("failed");
        return figures;
    }

    /** Fills a topic before a run that is about something else. */
    static void fill(Options options) throws Exception {
        new Cluster(options).create(options.topic());
        Produce produce = new Produce(options);
        produce.send();
        if (produce.acks.failed() > 0) {
            throw new IllegalStateException("the topic cannot be filled");
        }
    }

    private void send() throws Exception {
        Thread[] threads = new Thread[PRODUCERS];
        for (int i = 0; i < PRODUCERS; i++) {
            String name = "java-" + i;
            long share = options.records() / PRODUCERS
                    + (i < options.records() % PRODUCERS ? 1 : 0);
            threads[i] = new Thread(() -> send(name, share), name);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void send(String name, long records) {
        Properties properties = options.producer();
        properties.put("client.id", name);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties,
                new ByteArraySerializer(), new ByteArraySerializer())) {
            int partitions = producer.partitionsFor(options.topic()).size();
            for (long i = 0; i < records; i++) {
                send(producer, new Content.Mark(name, (int) (i % partitions), i / partitions));
            }
        } catch (RuntimeException e) {
            acks.fail(e);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Content.Mark mark) {
        producer.send(Content.record(options.topic(), mark.partition(), mark), (told, error) -> {
            if (error == null) {
                acks.add(mark.stream(), told.partition(), mark.number(), told.offset());
            } else {
                acks.fail(error);
            }
        });
    }
}
