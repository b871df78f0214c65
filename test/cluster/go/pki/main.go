// pki DIR < requests.json: writes NAME.key and NAME.crt for each request, signed by DIR's CA, which it makes when there is none;
// with the CA comes the service account key pair sa.key and sa.pub. Keys are EC P-256; certificates hold for 30 days.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

type request struct {
	Name   string   `json:"name"`            // of the files
	User   string   `json:"user"`            // common name
	Groups []string `json:"groups"`          // organizations
	IPs    []string `json:"ips,omitempty"`   // of a server
	DNS    []string `json:"dns,omitempty"`   // of a server
	Hours  float64  `json:"hours,omitempty"` // how long it holds; 0: 30 days; below 0: expired
}

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "pki:", err)
		os.Exit(1)
	}
	return v
}

func write(path, kind string, der []byte) {
	mode := os.FileMode(0o600)
	must(0, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode))
}

func key(path string) *ecdsa.PrivateKey {
	k := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	write(path, "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(k)))
	return k
}

func template(subject pkix.Name, hours float64) *x509.Certificate {
	if hours == 0 {
		hours = 30 * 24
	}
	end := time.Now().Add(time.Duration(hours * float64(time.Hour)))
	return &x509.Certificate{
		SerialNumber: must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))),
		Subject:      subject, NotBefore: end.Add(-31 * 24 * time.Hour), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
}

func authority(dir string) (*x509.Certificate, *ecdsa.PrivateKey) {
	crt, keyFile := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key")
	if _, err := os.Stat(crt); err == nil {
		c, _ := pem.Decode(must(os.ReadFile(crt)))
		k, _ := pem.Decode(must(os.ReadFile(keyFile)))
		return must(x509.ParseCertificate(c.Bytes)), must(x509.ParseECPrivateKey(k.Bytes))
	}
	must(0, os.MkdirAll(dir, 0o700))
	k := key(keyFile)
	t := template(pkix.Name{CommonName: "kubectl-kf-ca"}, 0)
	t.IsCA, t.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	der := must(x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k))
	write(crt, "CERTIFICATE", der)
	sa := key(filepath.Join(dir, "sa.key"))
	write(filepath.Join(dir, "sa.pub"), "PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&sa.PublicKey)))
	return must(x509.ParseCertificate(der)), k
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pki DIR < requests.json")
		os.Exit(2)
	}
	dir := os.Args[1]
	var requests []request
	must(0, json.NewDecoder(os.Stdin).Decode(&requests))
	ca, caKey := authority(dir)
	for _, r := range requests {
		k := key(filepath.Join(dir, r.Name+".key"))
		t := template(pkix.Name{CommonName: r.User, Organization: r.Groups}, r.Hours)
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		if len(r.IPs) > 0 {
			t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			t.DNSNames = r.DNS
			for _, ip := range r.IPs {
				t.IPAddresses = append(t.IPAddresses, net.ParseIP(ip))
			}
		}
		write(filepath.Join(dir, r.Name+".crt"), "CERTIFICATE", must(x509.CreateCertificate(rand.Reader, t, ca, &k.PublicKey, caKey)))
	}
}
