//! Anything that a cluster can say, at any time.

use klamm_cluster::fuzzing::cluster_metadata;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    #[test]
    fn no_cluster_makes_the_picture_wrong(data in vec(any::<u8>(), 0..3_000)) {
        cluster_metadata(&data);
    }
}
