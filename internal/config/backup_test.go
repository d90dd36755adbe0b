package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/config"
)

func TestBackup(t *testing.T) {
	t.Parallel()
	load := func(t *testing.T, text string) (*config.Config, error) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "partwork.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.Load(path, nil)
	}
	for text, want := range map[string]string{
		"":                                      "30 3 * * *",
		"backup:\n  schedule: \"15 4 * * SUN\"": "15 4 * * SUN",
		"backup:\n  schedule: off":              "",
	} {
		cfg, err := load(t, text)
		if err != nil {
			t.Fatal(err)
		}
		when, on := cfg.Backup.When()
		if on != (want != "") || on && when.Expr() != want {
			t.Errorf("%q: the schedule is %v, %v", text, when, on)
		}
		if !filepath.IsAbs(cfg.Backup.Dir) || cfg.Backup.Keep != 7 || cfg.DiskReserve != 64 {
			t.Errorf("%+v, reserve %d", cfg.Backup, cfg.DiskReserve)
		}
	}
	for text, wants := range map[string][]string{
		"backup:\n  schedule: daily":          {":2:", `"daily" cannot be used`, "30 3 * * *", "off"},
		"backup:\n  schedule: \"0 9 31 2 *\"": {":2:", "cannot be used"},
		"backup:\n  keep: 0":                  {":2:", "0 is out of range", "from 1 to 1000"},
		"backup:\n  kep: 3":                   {":2:", "unknown key", "keep"},
		"backup:\n  dir: \"\"":                {":2:", "data/backups"},
		"disk_reserve: -1":                    {":1:", "out of range"},
	} {
		_, err := load(t, text)
		if err == nil {
			t.Errorf("%q is no error", text)
			continue
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: the message lacks %q: %v", text, want, err)
			}
		}
	}
}
