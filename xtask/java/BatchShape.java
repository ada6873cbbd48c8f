package vectors;

/** What a batch is there to show; what is not named is left to chance. */
enum BatchShape {
    TOMBSTONE, ONE_RECORD, RECORD_LENGTHS, LONG_RECORD_LENGTHS, BIG_VALUE, HUGE_VALUE, NOISE,
    SEVERAL_BLOCKS, LOG_APPEND_TIME, DELETE_HORIZON, FAR_TIMESTAMPS, FALLING_TIMESTAMPS,
    SEQUENCE_WRAP, OFFSET_GAPS, LATE_FIRST_OFFSET, LATE_LAST_OFFSET, MANY_HEADERS, MANY_RECORDS,
    MIXED;

    /** The shapes take turns, the special ones first. */
    static BatchShape of(int index) {
        BatchShape[] shapes = values();
        if (index < shapes.length) {
            return shapes[index];
        }
        return switch (index % 5) {
            case 0 -> FAR_TIMESTAMPS;
            case 1 -> FALLING_TIMESTAMPS;
            case 2 -> OFFSET_GAPS;
            default -> MIXED;
        };
    }
}
