package foreign;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Moves the leaders of the topics whose names begin alike, again and again. */
final class Mover {
    private final Options options;
    private final Map<TopicPartition, Integer> leaders = new HashMap<>();
    private long moves;

    private Mover(Options options) {
        this.options = options;
    }

    /** `move-leaders --topic PREFIX [--every MILLISECONDS]`, until the input ends. */
    static Figures run(Options options) throws Exception {
        return new Mover(options).moveUntilInputEnds();
    }

    private Figures moveUntilInputEnds() throws Exception {
        Figures figures = new Figures("move-leaders");
        long began = System.nanoTime();
        long every = options.number("every", 500);
        try (Admin admin = Admin.create(options.client())) {
            Thread input = new Thread(Mover::readInput, "input");
            input.setDaemon(true);
            input.start();
            while (input.isAlive()) {
                try {
                    moveAll(admin);
                } catch (ExecutionException e) {
                    // A topic may be half made or gone; the next round finds out.
                    System.err.println("while moving leaders: " + e.getCause());
                }
                input.join(every);
            }
        }
        figures.took(began);
        return figures.put("moves", moves);
    }

    private static void readInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("the input is broken: " + e);
        }
    }

    private void moveAll(Admin admin) throws Exception {
        Set<String> topics = new HashSet<>(admin.listTopics().names().get());
        topics.removeIf(topic -> !topic.startsWith(options.topic()));
        Map<TopicPartition, Optional<NewPartitionReassignment>> turned = new HashMap<>();
        for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                turn(new TopicPartition(topic.name(), partition.partition()), partition, turned);
            }
        }
        if (!turned.isEmpty()) {
            admin.alterPartitionReassignments(turned).all().get();
            // Partitions that need no election say so, which is no failure.
            admin.electLeaders(ElectionType.PREFERRED, turned.keySet()).partitions().get();
        }
    }

    /** The same replicas with another one in front, which an election then prefers. */
    private void turn(TopicPartition name, TopicPartitionInfo partition,
            Map<TopicPartition, Optional<NewPartitionReassignment>> turned) {
        if (partition.leader() == null || partition.replicas().size() < 2) {
            return;
        }
        Integer before = leaders.put(name, partition.leader().id());
        moves += before != null && before != partition.leader().id() ? 1 : 0;
        List<Integer> replicas = new ArrayList<>(partition.replicas().stream().map(Node::id)
                .toList());
        Collections.rotate(replicas, 1);
        turned.put(name, Optional.of(new NewPartitionReassignment(replicas)));
    }
}
