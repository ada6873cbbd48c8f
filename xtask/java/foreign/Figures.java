package foreign;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The one line of JSON that a run ends with, and the verdict in it. */
final class Figures {
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final String run;
    private double seconds;

    Figures(String run) {
        this.run = run;
    }

    Figures put(String name, long count) {
        counts.put(name, count);
        return this;
    }

    long get(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** How long the work took that the run is about; reading back is not part of it. */
    void took(long beganNanos) {
        seconds = (System.nanoTime() - beganNanos) / 1e9;
    }

    void demandZero(String... names) {
        for (String name : names) {
            demand(get(name) == 0, name + " is " + get(name) + " and not 0");
        }
    }

    void demandEqual(String left, String right) {
        demand(get(left) == get(right),
                left + " is " + get(left) + " and " + right + " is " + get(right));
    }

    void demandSome(String name) {
        demand(get(name) > 0, name + " is 0");
    }

    private void demand(boolean holds, String otherwise) {
        if (!holds) {
            counts.merge("violations", 1L, Long::sum);
            System.err.println(run + ": " + otherwise);
        }
    }

    /** What any run of records demands; order and single copies only where they are promised. */
    void demandDelivery(Options options) {
        demandSome("records");
        demandZero("lost", "foreign", "misplaced", "failed");
        if (options.demandsOrder()) {
            demandZero("duplicated", "reordered");
            demandEqual("read", "records");
        }
    }

    boolean isGood() {
        return get("violations") == 0;
    }

    String json() {
        String pairs = counts.entrySet().stream()
                .map(e -> ",\"" + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining());
        return String.format(Locale.ROOT, "{\"run\":\"%s\",\"ok\":%s,\"seconds\":%.2f%s}",
                run, isGood(), seconds, pairs);
    }
}
