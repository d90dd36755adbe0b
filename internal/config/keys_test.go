package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"partwork/internal/token"
)

func TestSecretsAreMadeOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "data", "private", "secret")
	keyring, suppression, err := LoadOrCreateSecrets(file)
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := token.ParseKeyring(keyring); err != nil || len(keys) != 1 {
		t.Errorf("keyring: %d keys, %v", len(keys), err)
	}
	if len(suppression) != SuppressionKeySize || bytes.Contains(keyring, suppression) {
		t.Errorf("the suppression key has %d bytes", len(suppression))
	}
	again, same, err := LoadOrCreateSecrets(file)
	if err != nil || !bytes.Equal(again, keyring) || !bytes.Equal(same, suppression) {
		t.Errorf("the second time gives other keys: %v", err)
	}
	dir, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(dir) != 2 {
		t.Errorf("the folder holds %v, %v", dir, err)
	}
	for path, mode := range map[string]os.FileMode{
		file: 0o600, file + ".suppression": 0o600, filepath.Dir(file): 0o700, filepath.Dir(filepath.Dir(file)): 0o700,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	other, _, err := LoadOrCreateSecrets(filepath.Join(t.TempDir(), "secret"))
	if err != nil || bytes.Equal(other, keyring) {
		t.Errorf("two instances share a key: %v", err)
	}
}

func TestNoSecretIsMadeBesideAnother(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{"", ".suppression"} {
		for _, mode := range []os.FileMode{0o600, 0o644} {
			t.Run("missing"+missing, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "secret")
				if _, _, err := LoadOrCreateSecrets(file); err != nil {
					t.Fatal(err)
				}
				for _, suffix := range []string{"", ".suppression"} {
					if err := os.Chmod(file+suffix, mode); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Remove(file + missing); err != nil {
					t.Fatal(err)
				}
				_, _, err := LoadOrCreateSecrets(file)
				if err == nil || !strings.Contains(err.Error(), file+missing+" does not exist") || !strings.Contains(err.Error(), "backup") {
					t.Errorf("error: %v", err)
				}
				if _, err := os.Stat(file + missing); err == nil {
					t.Error("the missing file was made")
				}
			})
		}
	}
}

func TestDamagedSecrets(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("5e", SuppressionKeySize)
	for _, tc := range []struct {
		name, suffix, content string
		mode                  os.FileMode
	}{
		{"empty keyring", "", "", 0o600},
		{"truncated keyring", "", "1 5e5e", 0o600},
		{"empty suppression key", ".suppression", "", 0o600},
		{"truncated suppression key", ".suppression", digits[:20], 0o600},
		{"two suppression keys", ".suppression", digits + "\n" + digits, 0o600},
		{"zero suppression key", ".suppression", strings.Repeat("00", SuppressionKeySize), 0o600},
		{"others may read the suppression key", ".suppression", digits, 0o604},
		{"others may read the keyring", "", "1 " + digits, 0o640},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "secret")
			if _, _, err := LoadOrCreateSecrets(file); err != nil {
				t.Fatal(err)
			}
			write(t, file+tc.suffix, tc.content, tc.mode)
			keyring, suppression, err := LoadOrCreateSecrets(file)
			if err == nil || keyring != nil || suppression != nil {
				t.Fatalf("accepted: %v", err)
			}
			if !strings.Contains(err.Error(), file+tc.suffix) || strings.Contains(err.Error(), "5e5e") {
				t.Errorf("error names no file, or shows the key: %v", err)
			}
			if left, _ := os.ReadFile(file + tc.suffix); string(left) != tc.content {
				t.Error("the file was replaced")
			}
		})
	}
}

// Processes that start at once must not each sign with keys of their own.
func TestSecretsAreMadeOnceByManyAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		file := filepath.Join(t.TempDir(), "secret")
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			seen = make(map[string]bool)
		)
		for range 8 {
			wg.Go(func() {
				keyring, suppression, err := LoadOrCreateSecrets(file)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[string(keyring)+string(suppression)] = true
			})
		}
		wg.Wait()
		if len(seen) != 1 {
			t.Fatalf("%d different sets of keys", len(seen))
		}
	}
}

func TestSecretsInAFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "", 0o600)
	if _, _, err := LoadOrCreateSecrets(filepath.Join(file, "secret")); err == nil {
		t.Error("no error")
	}
}
