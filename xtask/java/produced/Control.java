package produced;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Java's own producer in place of ours, with the same arguments: what it does must be judged good
 * before a judgement of another means anything.
 */
final class Control {
    private static final int STRIDE = 256;
    private static final int ABORTED = 7;
    private static final int PER_TRANSACTION = 2000;
    private static final Map<String, List<String>> MODES = Map.of(
            "idempotent", List.of("enable.idempotence=true", "acks=all"),
            "txn", List.of("transactional.id=soak", "acks=all"),
            "acks1", List.of("enable.idempotence=false", "acks=1"),
            "acks0", List.of("enable.idempotence=false", "acks=0"));

    private final Map<String, String> options = new HashMap<>();
    private final Properties properties = new Properties();
    private final byte[] ends;
    private final int[] partitions;
    private final long[] offsets;
    private final long began = System.nanoTime();
    private int next;

    private Control(String[] words) throws IOException {
        options.put("--mode", "idempotent");
        options.put("--records", "100000");
        options.put("--seed", "1");
        for (int at = 1; at + 1 < words.length; at += 2) {
            if (words[at].equals("--set")) {
                set(words[at + 1]);
            } else if (words[at].equals("--properties")) {
                Files.readAllLines(Path.of(words[at + 1])).forEach(this::set);
            } else {
                options.put(words[at], words[at + 1]);
            }
        }
        MODES.get(options.get("--mode")).forEach(this::set);
        int records = Integer.parseInt(options.get("--records"));
        ends = new byte[records];
        partitions = new int[records];
        offsets = new long[records];
    }

    private void set(String pair) {
        int at = pair.indexOf('=');
        if (at > 0) {
            properties.setProperty(pair.substring(0, at), pair.substring(at + 1));
        }
    }

    static Figures run(String[] words) throws IOException {
        Control control = new Control(words);
        Formula formula;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(control.properties,
                new ByteArraySerializer(), new ByteArraySerializer())) {
            int count = producer.partitionsFor(control.options.get("--topic")).size();
            long seed = Long.parseLong(control.options.get("--seed"));
            formula = new Formula(seed, count, System.currentTimeMillis());
            control.send(producer, formula);
        }
        control.write(formula);
        return control.figures();
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Formula formula) {
        if (!options.get("--mode").equals("txn")) {
            while (goesOn()) {
                sendOne(producer, formula);
            }
            return;
        }
        producer.initTransactions();
        for (int ordinal = 1; goesOn(); ordinal++) {
            int since = next;
            producer.beginTransaction();
            while (next - since < PER_TRANSACTION && goesOn()) {
                sendOne(producer, formula);
            }
            if (ordinal % ABORTED == 0) {
                producer.flush();
                producer.abortTransaction();
                java.util.Arrays.fill(ends, since, next, (byte) Outcome.ABORTED);
            } else {
                producer.commitTransaction();
            }
        }
    }

    private boolean goesOn() {
        boolean isOver = next % STRIDE == 0 && options.containsKey("--until")
                && Files.exists(Path.of(options.get("--until")));
        return next < ends.length && !isOver;
    }

    private void sendOne(KafkaProducer<byte[], byte[]> producer, Formula formula) {
        pace();
        int number = next++;
        ends[number] = Outcome.UNTOLD;
        long dice = formula.mixed(number);
        Integer partition = (dice & 7) == 1 || (dice & 7) == 2
                ? Integer.valueOf(number % formula.partitions()) : null;
        Long timestamp = (dice >>> 9 & 7) == 0 ? formula.base() + number % 1000 : null;
        producer.send(new ProducerRecord<>(options.get("--topic"), partition, timestamp,
                formula.key(dice), formula.value(number, dice), formula.headers(number, dice)),
                (metadata, error) -> end(number, metadata, error));
    }

    private void pace() {
        if (next % STRIDE == 0 && options.containsKey("--rate")) {
            long due = next * 1_000_000_000L / Long.parseLong(options.get("--rate"));
            LockSupport.parkNanos(due - (System.nanoTime() - began));
        }
    }

    private void end(int number, RecordMetadata metadata, Exception error) {
        // Java does not say whether a record that failed may be in the log.
        ends[number] = (byte) (error == null ? Outcome.ACKED : Outcome.UNKNOWN);
        partitions[number] = error == null ? metadata.partition() : -1;
        offsets[number] = error == null && metadata.hasOffset() ? metadata.offset() : -1;
        if (error != null) {
            System.err.println("record " + number + ": " + error);
        }
    }

    private void write(Formula formula) throws IOException {
        Path file = Path.of(options.get("--outcome"));
        try (DataOutputStream out = new DataOutputStream(
                new java.io.BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeLong(formula.seed());
            out.writeInt(formula.partitions());
            out.writeLong(formula.base());
            for (int number = 0; number < next; number++) {
                out.writeByte(ends[number]);
                out.writeInt(partitions[number]);
                out.writeLong(offsets[number]);
            }
        }
    }

    private Figures figures() {
        Figures figures = new Figures();
        figures.put("records", next);
        for (int end = 0; end < Outcome.NAMES.length; end++) {
            long count = 0;
            for (int number = 0; number < next; number++) {
                count += ends[number] == end ? 1 : 0;
            }
            figures.put(Outcome.NAMES[end], count);
        }
        return figures;
    }
}
