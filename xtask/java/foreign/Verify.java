package foreign;

import java.nio.file.Path;

/** Reads every partition and compares it with what the producers were told. */
final class Verify {
    private Verify() {}

    /** `verify --acks FILE [--isolation read_committed]`. */
    static Figures run(Options options) throws Exception {
        Figures figures = new Figures("verify");
        Tally tally = new Tally();
        long began = System.nanoTime();
        String isolation = options.text("isolation", "read_uncommitted");
        new Cluster(options).readAll(options.topic(), isolation, tally::take);
        figures.took(began);
        tally.report(figures, Acks.read(Path.of(options.text("acks"))));
        figures.demandDelivery(options);
        return figures;
    }
}
