package foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a producer was told about its records. Runs of consecutive numbers at consecutive offsets
 * are one line of the file: stream, partition, first number, last number, offset of the first.
 */
final class Acks {
    /** The offset of a record that the broker knew as a duplicate it no longer remembers. */
    static final long UNKNOWN = -1;

    private final List<Run> runs = new ArrayList<>();
    private long count;
    private long failed;

    /** Records that were acknowledged one after the other. */
    record Run(String stream, int partition, long first, long last, long offset) {
        private Run longer(String of, int in, long number, long at) {
            boolean follows = number == last + 1 && in == partition && of.equals(stream)
                    && (at == UNKNOWN ? offset == UNKNOWN : at == offset + (number - first));
            return follows ? new Run(stream, partition, first, number, offset) : null;
        }

        private String line() {
            return stream + " " + partition + " " + first + " " + last + " " + offset;
        }

        private static Run of(String line) {
            String[] parts = line.split(" ");
            return new Run(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]), Long.parseLong(parts[4]));
        }
    }

    synchronized void add(String stream, int partition, long number, long offset) {
        count++;
        // Batches of several partitions alternate, so the run to go on with is a few lines back.
        for (int i = runs.size() - 1; i >= Math.max(0, runs.size() - 8); i--) {
            Run longer = runs.get(i).longer(stream, partition, number, offset);
            if (longer != null) {
                runs.set(i, longer);
                return;
            }
        }
        runs.add(new Run(stream, partition, number, number, offset));
    }

    synchronized void addAll(Acks others) {
        runs.addAll(others.runs());
        count += others.count();
        failed += others.failed();
    }

    synchronized void fail(Exception error) {
        if (failed++ < 5) {
            System.err.println("not acknowledged: " + error);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized long failed() {
        return failed;
    }

    synchronized List<Run> runs() {
        return List.copyOf(runs);
    }

    synchronized void write(Path file) throws IOException {
        Files.write(file, runs.stream().map(Run::line).toList());
    }

    static Acks read(Path file) throws IOException {
        Acks acks = new Acks();
        for (String line : Files.readAllLines(file)) {
            Run run = Run.of(line);
            acks.runs.add(run);
            acks.count += run.last() - run.first() + 1;
        }
        return acks;
    }
}
