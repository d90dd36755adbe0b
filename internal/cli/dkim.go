package cli

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"partwork/internal/config"
	"partwork/internal/mailaddr"
)

func newDKIM(e *env) *cobra.Command {
	return newNoun("dkim", "Keys that sign letters, and their DNS records",
		"  partwork dkim new --domain your-domain.org\n  partwork dkim show", newDKIMNew(e), newDKIMShow(e))
}

func newDKIMNew(e *env) *cobra.Command {
	var domain, selector, dir string
	cmd := &cobra.Command{
		Use:   "new --domain DOMAIN",
		Short: "Make signing keys; say what to publish and what to configure",
		Long: "Makes an RSA and an Ed25519 key, and prints the two DNS records that publish them and the lines for\n" +
			"the configuration. It replaces no key and needs no network. Most relays sign by themselves: ask yours\n" +
			"before you sign twice. To change keys, make new ones under another selector; see docs/DKIM.md.",
		Example: "  partwork dkim new --domain your-domain.org\n" +
			"  partwork dkim new --domain your-domain.org --selector autumn2026 --dir /srv/letters/data\n" +
			"  partwork dkim new --domain your-domain.org --json | jq -r '.[].value'",
		Args: argCount(0, 0),
	}
	cmd.Flags().StringVar(&domain, "domain", "", "the `DOMAIN` that signs: that of from: in the campaigns, or one above it (required)")
	cmd.Flags().StringVar(&selector, "selector", "", "how the names of the records begin; pw and the month if empty")
	cmd.Flags().StringVar(&dir, "dir", "", "the `FOLDER` for the keys; data beside the configuration if empty")
	asked := asJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error { return e.newKeys(domain, selector, dir, *asked) }
	return cmd
}

func (e *env) newKeys(domain, selector, dir string, asJSON bool) error {
	domain, err := signingDomain(domain)
	if err != nil {
		return err
	}
	if selector == "" {
		selector = "pw" + e.now().Format("200601")
	}
	if selector = strings.ToLower(selector); !config.IsSelector(selector) {
		return usagef("write letters, digits and hyphens, at most 55, such as autumn2026", "%q cannot be a selector", selector)
	}
	if dir == "" {
		dir = filepath.Join(filepath.Dir(e.configFile), "data")
	}
	made, err := config.NewDKIM(domain, selector, dir)
	if errors.Is(err, fs.ErrExist) {
		return failf("choose another --selector: a key that has signed is kept until its letters have arrived", "nothing was made: %v", err)
	}
	if err != nil {
		return err
	}
	records, err := recordsOf(made)
	if err != nil {
		return err
	}
	if asJSON {
		return e.document(records)
	}
	e.say("made %s and %s", made.RSA.File, made.Ed25519.File)
	e.say("\n1. Publish these TXT records. A form that takes one text wants the pieces in quotes joined, without a blank:\n")
	e.sayRecords(records)
	e.say("\n2. When they can be seen, which may take hours, add dkim: to the smtp: of %s and start serve again:\n\n%s", e.configFile, e.section(made))
	e.say("\n3. Send yourself a message with `partwork send-test`, and look in its source for dkim=pass.")
	return nil
}

// signingDomain reads the domain that was typed, in Unicode or not.
func signingDomain(typed string) (string, error) {
	if typed == "" {
		return "", usagef("add --domain with the domain of from: in your campaigns", "there is no domain to sign for")
	}
	address, err := mailaddr.Parse("x@" + typed)
	if err != nil {
		return "", usagef("write a domain, such as your-domain.org", "%q cannot be the domain that signs", typed)
	}
	return address.Domain(), nil
}

// needsQuotes reports whether a character may mean something in YAML.
func needsQuotes(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-", r)
}

// section is the part of the configuration that uses the keys. Their files are as
// the configuration reads them, from its own folder.
func (e *env) section(d config.DKIM) string {
	file := func(k config.DKIMKey) string {
		dir, err1 := filepath.Abs(filepath.Dir(e.configFile))
		path, err2 := filepath.Abs(k.File)
		if rel, err := filepath.Rel(dir, path); errors.Join(err1, err2, err) == nil && filepath.IsLocal(rel) {
			path = rel
		}
		if strings.ContainsFunc(path, needsQuotes) {
			return strconv.Quote(path)
		}
		return path
	}
	return "smtp:\n  dkim:\n    domain: " + d.Domain +
		"\n    rsa:\n      selector: " + d.RSA.Selector + "\n      file: " + file(d.RSA) +
		"\n    ed25519:\n      selector: " + d.Ed25519.Selector + "\n      file: " + file(d.Ed25519)
}
