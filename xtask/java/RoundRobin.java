package vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.utils.AppInfoParser;

/** Which partitions the round-robin partitioner chooses one after the other. */
final class RoundRobin {
    private static final String TOPIC = "topic";
    private static final Node LEADER = new Node(1, "localhost", 9092);
    /** One digit a partition: 1 where somebody leads it. */
    private static final List<String> TOPICS = List.of("1", "0", "11", "10", "01", "00", "111",
            "1011011", "0000001", "1000000", "0000000", "111111111111", "010101010101");
    private static final int RECORDS = 40;

    private RoundRobin() {}

    static void write(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# kafka-clients " + AppInfoParser.getVersion()
                + ", made by `cargo xtask vectors partitioners`");
        TOPICS.forEach(topic -> lines.add(topic + ": " + choices(topic)));
        Files.write(folder.resolve("java-round-robin.txt"), lines);
    }

    private static String choices(String topic) {
        Cluster cluster = cluster(topic);
        try (RoundRobinPartitioner partitioner = new RoundRobinPartitioner()) {
            return IntStream.range(0, RECORDS)
                    .map(i -> partitioner.partition(TOPIC, null, null, null, null, cluster))
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" "));
        }
    }

    private static Cluster cluster(String topic) {
        Node[] nodes = {LEADER};
        List<PartitionInfo> partitions = IntStream.range(0, topic.length())
                .mapToObj(partition -> new PartitionInfo(TOPIC, partition,
                        topic.charAt(partition) == '1' ? LEADER : null, nodes, nodes))
                .toList();
        return new Cluster("cluster", List.of(LEADER), partitions, Set.of(), Set.of());
    }
}
