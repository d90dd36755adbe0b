package app

import (
	"fmt"

	"partwork/internal/compose"
	"partwork/internal/config"
)

// SignerOf returns the signer for the first relay of a configuration, nil if letters
// are not signed for it. The error names the key that cannot be used and its file.
func SignerOf(cfg *config.Config) (*compose.Signer, error) { return signerFor(cfg.Relays()[0]) }

// signersOf returns the signers of all relays; none if one of them cannot be made.
func signersOf(cfg *config.Config) ([]*compose.Signer, error) {
	var signers []*compose.Signer
	for _, relay := range cfg.Relays() {
		signer, err := signerFor(relay)
		if err != nil {
			return nil, err
		}
		signers = append(signers, signer)
	}
	return signers, nil
}

func signerFor(relay config.SMTP) (*compose.Signer, error) {
	dkim := relay.DKIM
	if dkim.Domain == "" {
		return nil, nil
	}
	options := compose.SignerOptions{
		Domain: dkim.Domain, Rewritten: relay.Rewrites == config.RewritesMessageIDDate,
	}
	for _, k := range dkim.Keys() {
		key, err := k.Signer()
		if err != nil {
			return nil, err
		}
		options.Keys = append(options.Keys, compose.SigningKey{Selector: k.Selector, Key: key})
	}
	signer, err := compose.NewSigner(options)
	if err != nil {
		return nil, fmt.Errorf("smtp.dkim: %w", err)
	}
	return signer, nil
}
