package vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.AppInfoParser;

/** Which partition the default partitioner chooses for each key of a file. */
final class Partitions {
    private final List<Integer> counts;

    Partitions(String counts) {
        this.counts = Stream.of(counts.split(",")).map(Integer::valueOf).toList();
    }

    void write(Path keys, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# kafka-clients " + AppInfoParser.getVersion()
                + ", made by `cargo xtask vectors partitioners`; for partition counts " + counts);
        lines.add("default");
        Files.readAllLines(keys).forEach(key -> lines.add(line(key)));
        Main.write(folder.resolve("java.txt.gz"), lines);
    }

    /** The producer does not ask for a partition where there is no key. */
    private String line(String digits) {
        if (digits.equals("-")) {
            return "?";
        }
        byte[] key = HexFormat.of().parseHex(digits);
        return counts.stream()
                .map(count -> Integer.toString(BuiltInPartitioner.partitionForKey(key, count)))
                .collect(Collectors.joining(" "));
    }
}
