package vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * `generate SEED FOLDER` writes the vector files, `tables FOLDER` the reference's tables,
 * `properties FILE` those of its producer, `java-reads FILE` has the reference read batches that
 * others wrote; `partitions KEYS COUNTS FOLDER` writes which partitions it chooses, and
 * `pack FILE PACKED` compresses lines.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 3 && arguments[0].equals("generate")) {
            generate(Long.parseLong(arguments[1]), Path.of(arguments[2]));
        } else if (arguments.length == 2 && arguments[0].equals("tables")) {
            Tables.write(Path.of(arguments[1]));
        } else if (arguments.length == 2 && arguments[0].equals("properties")) {
            ProducerProperties.write(Path.of(arguments[1]));
        } else if (arguments.length == 2 && arguments[0].equals("java-reads")) {
            System.exit(JavaReads.run(Path.of(arguments[1])));
        } else if (arguments.length == 4 && arguments[0].equals("partitions")) {
            Path folder = Path.of(arguments[3]);
            new Partitions(arguments[2]).write(Path.of(arguments[1]), folder);
            RoundRobin.write(folder);
        } else if (arguments.length == 3 && arguments[0].equals("pack")) {
            write(Path.of(arguments[2]), Files.readAllLines(Path.of(arguments[1])));
        } else {
            System.err.println(
                    "usage: generate SEED FOLDER | tables FOLDER | properties FILE"
                            + " | java-reads FILE | partitions KEYS COUNTS FOLDER"
                            + " | pack FILE PACKED");
            System.exit(2);
        }
    }

    private static void generate(long seed, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Spec.Definition> definitions = Spec.readAll();
        Coverage coverage = new Coverage();
        write(folder, "messages.jsonl.gz",
                output -> new MessageLines(seed, output, coverage).write(definitions));
        write(folder, "framing.jsonl.gz",
                output -> new FramingLines(seed, output).write(definitions));
        write(folder, "refusals.jsonl.gz",
                output -> new RefusalLines(seed, output).write(definitions));
        write(folder, "batches.jsonl.gz", output -> new BatchLines(seed, output).write());
        write(folder, "legacy.jsonl.gz", output -> new LegacyLines(seed, output).write());
        StringBuilder verdicts = new StringBuilder();
        write(folder, "bad-batches.jsonl.gz", output -> {
            BadBatchLines lines = new BadBatchLines(seed, output);
            lines.write();
            verdicts.append(lines.summary());
        });
        System.out.print(verdicts);
        System.out.print("covered of " + definitions.size() + " messages:\n" + coverage.report());
    }

    /** Writes lines that are text already. */
    static void write(Path file, Iterable<String> lines) throws IOException {
        try (Output output = new Output(file)) {
            for (String line : lines) {
                output.write(line);
            }
        }
    }

    /** What fills a file. */
    private interface Lines {
        void writeTo(Output output) throws IOException;
    }

    private static void write(Path folder, String name, Lines lines) throws IOException {
        Path file = folder.resolve(name);
        int count;
        try (Output output = new Output(file)) {
            lines.writeTo(output);
            count = output.lines();
        }
        System.out.println(name + ": " + count + " lines, " + Files.size(file) + " bytes");
    }
}
