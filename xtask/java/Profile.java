package vectors;

/**
 * How often a random document does something unusual; all rates are between 0 and 1.
 *
 * @param nulls a nullable field is null
 * @param empties an array is empty
 * @param tags a tagged field is set
 * @param edges a number, text or byte string is one of the edge cases
 * @param huge a text has tens of thousands of bytes
 * @param longArrays an array of small elements has more than 125 of them
 * @param elements the most elements of any other array
 */
record Profile(double nulls, double empties, double tags, double edges, double huge,
        double longArrays, int elements) {
    /** Everything is there and little of it is strange. */
    static final Profile TYPICAL = new Profile(0, 0, 1, 0.1, 0, 0, 3);
    static final Profile EDGE = new Profile(0.3, 0.2, 0.7, 0.7, 0, 0.5, 2);
    static final Profile MIXED = new Profile(0.15, 0.15, 0.5, 0.25, 0.01, 0.02, 4);
    /** One of everything: for frames, where the point is elsewhere. */
    static final Profile SMALL = new Profile(0, 0, 1, 0, 0, 0, 1);
    /** One or two of everything, so that what is wrong need not stand in the first element. */
    static final Profile REFUSED = new Profile(0, 0, 1, 0, 0, 0, 2);
}
