package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/app"
	"partwork/internal/testkit"
)

// secure gives an instance a certificate for its pages, in files.
func secure(t *testing.T, in *instance) *x509.CertPool {
	t.Helper()
	dir := t.TempDir()
	in.cfg.TLSCertFile, in.cfg.TLSKeyFile = filepath.Join(dir, "tls.pem"), filepath.Join(dir, "tls.key")
	in.cfg.PublicURL = "https://localhost:8080"
	return renew(t, in, "")
}

// renew writes a new certificate and its key.
func renew(t *testing.T, in *instance, name string) *x509.CertPool {
	t.Helper()
	cert, key, roots := testkit.KeyPair(t, name)
	for file, data := range map[string][]byte{in.cfg.TLSCertFile: cert, in.cfg.TLSKeyFile: key} {
		overwrite(t, file, data)
	}
	return roots
}

func overwrite(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// client is a browser that trusts an authority. Each call makes a connection of its own.
func client(roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}}
}

// TestBuiltInTLS serves the readers' pages over https and has a renewed certificate come
// into use without a restart, but not one whose key is still missing.
func TestBuiltInTLS(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	roots := secure(t, in)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	public, private := listen(t), listen(t)
	done, ready := make(chan error, 1), make(chan struct{})
	go func() {
		done <- in.Serve(ctx, app.ServeOptions{Public: public, Private: private, Ready: func(_, _ net.Addr) { close(ready) }})
	}()
	<-ready
	page := "https://" + public.Addr().String() + "/"
	response, err := client(roots).Get(page)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusOK || response.ProtoMajor != 2 || response.Header.Get("Strict-Transport-Security") == "" || !strings.Contains(string(body), "Nothing to see here") {
		t.Errorf("%s %d %v", response.Proto, response.StatusCode, response.Header)
	}
	old := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", public.Addr().String(), old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	if r, err := http.Get("http://" + public.Addr().String() + "/"); err == nil {
		if r.Body.Close(); r.StatusCode != http.StatusBadRequest {
			t.Errorf("http is answered with %d", r.StatusCode)
		}
	}

	_, key, _ := testkit.KeyPair(t, "")
	overwrite(t, in.cfg.TLSKeyFile, key) // of another certificate
	if _, err := client(roots).Get(page); err != nil {
		t.Errorf("while the files do not go together: %v", err)
	}
	newRoots := renew(t, in, "")
	await(t, "the new certificate", func() bool {
		_, err := client(newRoots).Get(page)
		return err == nil
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestUnusableCertificates are refused at the start, by the name of their file.
func TestUnusableCertificates(t *testing.T) {
	t.Parallel()
	_, other, _ := testkit.KeyPair(t, "")
	for name, tc := range map[string]struct {
		spoil func(*instance)
		want  string
	}{
		"no certificate": {func(in *instance) { os.Remove(in.cfg.TLSCertFile) }, "tls_cert_file: there is no file CERT; put it there"},
		"no key":         {func(in *instance) { os.Remove(in.cfg.TLSKeyFile) }, "tls_key_file: there is no file KEY; put it there"},
		"no PEM":         {func(in *instance) { overwrite(t, in.cfg.TLSCertFile, []byte("x")) }, "tls_cert_file CERT and tls_key_file KEY cannot be used: tls: failed to find any PEM data in certificate input; both are PEM"},
		"another key":    {func(in *instance) { overwrite(t, in.cfg.TLSKeyFile, other) }, "private key does not match public key"},
		"a folder":       {func(in *instance) { in.cfg.TLSKeyFile = t.TempDir() }, "is a directory; let the user who runs serve read it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newInstance(t, instanceOptions{})
			secure(t, in)
			tc.spoil(in)
			err := in.Serve(t.Context(), app.ServeOptions{Public: listen(t), Private: listen(t)})
			want := strings.NewReplacer("CERT", in.cfg.TLSCertFile, "KEY", in.cfg.TLSKeyFile).Replace(tc.want)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %q", err, want)
			}
		})
	}
}
