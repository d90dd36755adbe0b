package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/config"
	"partwork/internal/token"
)

// TestAServeTakesRotatedKeys has the file of the keys rotated beside a running instance:
// it signs with the new key, goes on reading old links, and keeps its keys if the file is
// no good.
func TestAServeTakesRotatedKeys(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	in := &Instance{Config: config.Default(), log: slog.New(slog.NewTextHandler(&log, nil))}
	in.Config.SecretFile = filepath.Join(t.TempDir(), "secret")
	text, suppression, err := config.LoadOrCreateSecrets(in.Config.SecretFile)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.ParseKeyring(text)
	if err != nil {
		t.Fatal(err)
	}
	if in.Keys, err = token.NewKeyring(keys...); err != nil {
		t.Fatal(err)
	}
	in.secretSeen = glimpseOf(in.Config.SecretFile)
	s := token.Subject{A: 1, B: 2}
	link := in.Keys.Sign(token.Unsubscribe, s)
	if in.followKeys(); log.Len() > 0 || in.Keys.Sign(token.Unsubscribe, s) != link {
		t.Errorf("nothing has changed, and yet: %s", log.String())
	}

	if _, err := config.Rotate(in.Config.SecretFile); err != nil {
		t.Fatal(err)
	}
	in.followKeys()
	fresh := in.Keys.Sign(token.Unsubscribe, s)
	if got, err := in.Keys.Verify(token.Unsubscribe, link); fresh == link || err != nil || got != s {
		t.Errorf("the old link: %v, %v", got, err)
	}
	if _, again, err := config.LoadSecrets(in.Config.SecretFile); err != nil || string(again) != string(suppression) {
		t.Errorf("the suppression key has changed: %v", err)
	}

	if err := os.WriteFile(in.Config.SecretFile, []byte("5 "+strings.Repeat("ab", token.KeySize)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if in.followKeys(); in.Keys.Sign(token.Unsubscribe, s) != fresh || !strings.Contains(log.String(), "those before stay") {
		t.Errorf("other keys were taken: %s", log.String())
	}
	if strings.Contains(log.String(), strings.Repeat("ab", 8)) {
		t.Error("the log has a key in it")
	}
}
