//! Small shell programs in the place of the judge and of the mock, for tests.

use std::ffi::OsStr;
use std::path::Path;

use super::program::{Program, Programs};
use crate::support;

/// Knows two cases; each defect spoils what its address says.
const CONFORMANCE: &str = r#"
command=$1; shift
while [ $# -gt 0 ]; do
  case "$1" in
    --bootstrap) bootstrap=$2 ;;
    --out) out=$2 ;;
    --left) left=$2 ;;
    --right) right=$2 ;;
    --exceptions) exceptions=$2 ;;
    --table) table=$2 ;;
  esac
  shift 2
done
if [ "$command" = compare ]; then
  if cmp -s "$left" "$right"; then echo same >"$table"; exit 0; fi
  echo different >"$table"
  [ -s "$exceptions" ] && exit 0
  exit 1
fi
seq=PASS; txn=PASS
case "$bootstrap" in
  wrong-correlation-id:*) echo "nobody answers" >&2; exit 2 ;;
  accepts-gaps:*) seq=FAIL ;;
  skips-verification-1:*) txn="HANG(no answer)" ;;
esac
{
  echo '{"suite":"klamm-conformance","seed":1}'
  echo '{"case":"SEQ-05","verdict":"'"$seq"'"}'
  echo '{"case":"TXN-01","verdict":"'"$txn"'"}'
  echo '{"case":"TXN-02","verdict":"FAIL"}'
} >"$out"
echo "3 cases"
exit 1
"#;

/// Its address begins with its defect and ends with the generation of transactions.
const KLAMM: &str = r#"
[ "$1" = help ] && exit 0
defect=none
while [ $# -gt 0 ]; do
  case "$1" in
    --list-defects) printf 'wrong-correlation-id\naccepts-gaps\nskips-verification\nharmless\n'
      exit 0 ;;
    --defect) defect=$2; shift ;;
    --txn-version) generation=$2; shift ;;
  esac
  shift
done
[ "$defect" = crashes ] && { echo "no room" >&2; exit 4; }
[ "$defect" = skips-verification ] && defect=$defect-$generation
echo "bootstrap plain $defect:$generation"
echo ready
exec sleep 600
"#;

/// Both programs as scripts in a folder.
pub(super) fn programs(folder: &Path) -> Programs {
    let script = |name: &str, text: &str| {
        let path = folder.join(name);
        support::write(&path, text).unwrap();
        // Through the shell: a file that was written a moment ago cannot always be executed.
        Program::of(&[OsStr::new("sh"), path.as_os_str()])
    };
    Programs {
        conformance: script("conformance.sh", CONFORMANCE),
        klamm: script("klamm.sh", KLAMM),
    }
}
