//! The signatures of JWTs: verified with ring, which the gateway links for TLS anyway.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as Invalid, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::hmac;
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |algorithm, key| {
        let signature = Signature { algorithm: *algorithm, key: key.clone() };
        // Otherwise a public key could serve as an HMAC secret.
        let fits = algorithm.family() == key.family();
        if fits { Ok(Box::new(signature)) } else { Err(Error::from(ErrorKind::InvalidAlgorithm)) }
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes `jsonwebtoken` use ring, unless the process has selected a provider already.
pub(super) fn install() {
    let _ = RING.install_default();
}

struct Signature {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl JwtVerifier for Signature {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for Signature {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Invalid> {
        let verified = match (self.algorithm, self.key.kind()) {
            (algorithm, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = RsaPublicKeyComponents { n: without_zeros(n), e: without_zeros(e) };
                key.verify(rsa(algorithm).ok_or_else(Invalid::new)?, message, signature)
            }
            (Algorithm::HS256, DecodingKeyKind::SecretOrDer(secret)) => {
                hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret), message, signature)
            }
            (algorithm, DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(curve(algorithm).ok_or_else(Invalid::new)?, key).verify(message, signature)
            }
        };
        verified.map_err(|_| Invalid::new())
    }
}

/// Some issuers write the sign byte of a Java `BigInteger`, which ring rejects.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

const fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn curve(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        Algorithm::ES256 => &signature::ECDSA_P256_SHA256_FIXED,
        Algorithm::ES384 => &signature::ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDSA => &signature::ED25519,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifies(algorithm: Algorithm, key: &DecodingKey) -> Result<bool, Error> {
        install();
        jsonwebtoken::crypto::verify("AAAA", b"message", key, algorithm)
    }

    #[test]
    fn a_key_of_another_family_never_verifies() {
        let secret = DecodingKey::from_secret(&[7; 65]).expect("a secret");
        let rsa = DecodingKey::from_rsa_raw_components(&[7; 256], &[3]);
        let curve = DecodingKey::from_ec_der(&[7; 65]);
        let edwards = DecodingKey::from_ed_der(&[7; 32]);
        for key in [&rsa, &curve, &edwards] {
            assert!(verifies(Algorithm::HS256, key).is_err());
        }
        for algorithm in [Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
            assert!(verifies(algorithm, &secret).is_err(), "{algorithm:?}");
        }
        assert!(verifies(Algorithm::EdDSA, &curve).is_err() && verifies(Algorithm::ES256, &rsa).is_err());
    }

    #[test]
    fn an_algorithm_that_is_not_accepted_never_verifies() {
        let secret = DecodingKey::from_secret(&[7; 64]).expect("a secret");
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            assert_eq!(verifies(algorithm, &secret), Ok(false), "{algorithm:?}");
        }
    }
}
