package produced;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a producer was told about each of its records, as it wrote it down. */
final class Outcome {
    static final int REFUSED = 0;
    static final int ACKED = 1;
    static final int UNKNOWN = 2;
    static final int NOT_WRITTEN = 3;
    static final int ABORTED = 4;
    static final int UNTOLD = 5;
    static final String[] NAMES =
            {"refused", "acked", "unknown", "not_written", "aborted", "untold"};

    private static final int HEAD = 20;
    private static final int ENTRY = 13;

    private final ByteBuffer bytes;
    private final Formula formula;

    private Outcome(ByteBuffer bytes) {
        this.bytes = bytes;
        formula = new Formula(bytes.getLong(), bytes.getInt(), bytes.getLong());
    }

    static Outcome read(Path file) throws IOException {
        return of(ByteBuffer.wrap(Files.readAllBytes(file)));
    }

    static Outcome of(ByteBuffer bytes) {
        if (bytes.remaining() < HEAD || (bytes.remaining() - HEAD) % ENTRY != 0) {
            throw new IllegalArgumentException("this is no outcome: " + bytes);
        }
        return new Outcome(bytes);
    }

    Formula formula() {
        return formula;
    }

    int count() {
        return (bytes.limit() - HEAD) / ENTRY;
    }

    int end(int number) {
        return bytes.get(HEAD + number * ENTRY);
    }

    /** The partition that the producer was told, or -1. */
    int partition(int number) {
        return bytes.getInt(HEAD + number * ENTRY + 1);
    }

    /** The offset that the producer was told, or -1. */
    long offset(int number) {
        return bytes.getLong(HEAD + number * ENTRY + 5);
    }
}
