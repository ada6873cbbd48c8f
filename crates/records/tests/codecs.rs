//! Codecs.

use klamm_records::compression::{Codec, Compression, Compressors, Decompressors};

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn what_is_compressed_comes_back() {
        let mut compressors = Compressors::new();
        let mut decompressors = Decompressors::new();
        for len in [0_usize, 1, 10, 1000, 40_000, 65536, 200_000] {
            let input: Vec<u8> = (0..len).map(|i| (i * i / 77 % 51) as u8).collect();
            for codec in Codec::ALL {
                let mut output = vec![0; len + 400];
                let n = compressors.compress(Compression::of(codec), &input, &mut output).unwrap();
                let n = n.unwrap();
                let back = decompressors.decompress(codec, &output[..n], 1 << 20).unwrap();
                assert!(back == input, "{codec} {len}");
                eprintln!("{codec} {len} {n}");
            }
        }
    }
}
