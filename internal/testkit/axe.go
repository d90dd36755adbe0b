package testkit

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The release of axe-core that pages are checked with, and the hash under which
// its registry published it. axe-core is fetched by the tests that use it.
const (
	axeRelease   = "axe-core@4.14.1"
	axeIntegrity = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
	axeMember    = "package/axe.min.js"
)

// Missing ends a test that needs a tool which is not there: the test is skipped,
// and the reason says why; when the environment says CI=true, it fails.
func Missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI=true demands it", reason)
	}
	t.Skip(reason)
}

// axe returns the script of axe-core. npm keeps what it fetched, so that a second
// run needs no network.
func axe(t testing.TB) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		Missing(t, "no npm on the PATH to fetch axe-core with")
	}
	dir := t.TempDir()
	cmd := exec.Command(npm, "pack", "--prefer-offline", "--ignore-scripts", "--loglevel=error", "--pack-destination="+dir, axeRelease)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		Missing(t, "npm cannot fetch "+axeRelease+": "+err.Error()+"\n"+string(out))
	}
	packed, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(packed) != 1 {
		t.Fatalf("npm left %v, want one archive (%v)", packed, err)
	}
	archive, err := os.ReadFile(packed[0])
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha512.Sum512(archive); base64.StdEncoding.EncodeToString(sum[:]) != axeIntegrity {
		t.Fatalf("npm fetched another %s than was published", axeRelease)
	}
	script, err := member(archive, axeMember)
	if err != nil {
		t.Fatalf("%s in %s: %v", axeMember, axeRelease, err)
	}
	return string(script)
}

// member returns one file of a .tgz.
func member(archive []byte, name string) ([]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, os.ErrNotExist
		}
		if err != nil {
			return nil, err
		}
		if header.Name == name {
			return io.ReadAll(files)
		}
	}
}
