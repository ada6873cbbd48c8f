import java.io.FileInputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/** Prints the private key of a PKCS#12 store and its certificates as PEM: keytool keeps keys. */
final class KeyAsPem {
    private KeyAsPem() {}

    public static void main(String[] args) throws Exception {
        char[] password = args[1].toCharArray();
        String alias = args[2];
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream file = new FileInputStream(args[0])) {
            store.load(file, password);
        }
        Key key = store.getKey(alias, password);
        print("PRIVATE KEY", key.getEncoded());
        for (Certificate certificate : store.getCertificateChain(alias)) {
            print("CERTIFICATE", certificate.getEncoded());
        }
    }

    private static void print(String what, byte[] bytes) {
        System.out.println("-----BEGIN " + what + "-----");
        System.out.println(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
        System.out.println("-----END " + what + "-----");
    }
}
