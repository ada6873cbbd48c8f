package foreign;

import java.util.Arrays;

/** `RUN --bootstrap ADDRESS --topic NAME [--records N] ...`: judges a cluster, exits 0 or 1. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int code = 1;
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

    private static Figures run(String[] arguments) throws Exception {
        String run = arguments.length == 0 ? "" : arguments[0];
        Options options = new Options(arguments, 1);
        return switch (run) {
            case "perf" -> Perf.run(options);
            case "produce" -> new Produce(options).run();
            case "verify" -> Verify.run(options);
            case "transactions" -> Transform.run(options);
            case "group" -> Group.run(options);
            case "move-leaders" -> Mover.run(options);
            case "self-test" -> SelfTest.run();
            default -> throw new IllegalArgumentException(
                    "perf | produce | verify | transactions | group | move-leaders | self-test, "
                            + "not " + run);
        };
    }
}
