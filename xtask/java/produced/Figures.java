package produced;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The one line of JSON that a judgement ends with. */
final class Figures {
    private static final int SHOWN = 5;

    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final Map<String, Long> faults = new LinkedHashMap<>();

    void put(String name, long count) {
        counts.put(name, count);
    }

    /** There is no fault of this name so far, and it is told that there is none. */
    void expectNone(String... names) {
        for (String name : names) {
            faults.put(name, 0L);
        }
    }

    /** Something is not as it must be; the first of each kind are told in words. */
    void fault(String name, String what) {
        if (faults.merge(name, 1L, Long::sum) <= SHOWN) {
            System.err.println(name + ": " + what);
        }
    }

    long faults(String name) {
        return faults.getOrDefault(name, 0L);
    }

    boolean isGood() {
        return faults.values().stream().allMatch(count -> count == 0);
    }

    String json() {
        Map<String, Long> all = new LinkedHashMap<>(counts);
        all.putAll(faults);
        return all.entrySet().stream().map(e -> "\"" + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining(",", "{\"ok\":" + isGood() + ",", "}"));
    }
}
