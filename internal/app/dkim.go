package app

import (
	"fmt"

	"partwork/internal/compose"
	"partwork/internal/config"
)

// SignerOf returns the signer of a configuration, nil if letters are not signed.
// The error names the key that cannot be used and its file.
func SignerOf(cfg *config.Config) (*compose.Signer, error) {
	dkim := cfg.SMTP.DKIM
	if dkim.Domain == "" {
		return nil, nil
	}
	options := compose.SignerOptions{
		Domain: dkim.Domain, Rewritten: cfg.SMTP.Rewrites == config.RewritesMessageIDDate,
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
