package produced;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Judges what a producer wrote: `records ADDRESS TOPIC OUTCOME ISOLATION`,
 * `lines ADDRESS TOPIC COUNT BROKEN LENGTH`, `self-test`; or writes itself: `control OPTION...`.
 * Exits with 0 or 1, and with 2 if it could not judge.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int code = 2;
        try {
            Figures figures = run(arguments);
            System.out.println(figures.json());
            code = figures.isGood() ? 0 : 1;
        } catch (Throwable e) {
            System.err.println(Arrays.toString(arguments) + " failed:");
            e.printStackTrace();
        }
        System.exit(code);
    }

    private static Figures run(String[] words) throws Exception {
        if (words.length > 1 && words[0].equals("control")) {
            return Control.run(words);
        }
        String what = words.length == 0 ? "" : words[0] + words.length;
        return switch (what) {
            case "records5" -> Records.judge(words[1], words[2], Path.of(words[3]), words[4]);
            case "lines6" -> Lines.judge(words[1], words[2], Long.parseLong(words[3]),
                    Long.parseLong(words[4]), Integer.parseInt(words[5]));
            case "self-test1" -> SelfTest.run();
            default -> throw new IllegalArgumentException("control | records | lines | self-test");
        };
    }
}
