package foreign;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.tools.ProducerPerformance;

/** Kafka's own ProducerPerformance, whose records are marked on their way and read back. */
final class Perf {
    private Perf() {}

    static Figures run(Options options) throws Exception {
        Cluster cluster = new Cluster(options);
        cluster.create(options.topic());
        Figures figures = new Figures("perf");
        long began = System.nanoTime();
        ProducerPerformance.main(arguments(options));
        figures.took(began);
        Tally tally = new Tally();
        cluster.readAll(options.topic(), "read_uncommitted", tally::take);
        tally.report(figures, MarkingInterceptor.ACKS);
        figures.put("asked", options.records());
        figures.demandDelivery(options);
        figures.demandEqual("records", "asked");
        return figures;
    }

    private static String[] arguments(Options options) {
        List<String> arguments = new ArrayList<>(List.of("--topic", options.topic(),
                "--num-records", Long.toString(options.records()), "--throughput", "-1",
                // The payload is the record's number, which the interceptor makes a mark of.
                "--payload-monotonic", "--command-property",
                "interceptor.classes=" + MarkingInterceptor.class.getName()));
        // The producer's own partitioner, although the records have keys.
        arguments.add("partitioner.ignore.keys=true");
        options.producer().forEach((name, value) -> arguments.add(name + "=" + value));
        return arguments.toArray(String[]::new);
    }
}
