package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/preview"
)

func newPreview(e *env) *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Show the campaigns in the browser, exactly as they will be sent",
		Long: "Serves a page on this machine that shows every issue as every persona would get it: HTML, text,\n" +
			"headers. The files are read afresh for each page. Nothing is sent, and no database is needed.\n" +
			"It runs until it is interrupted.",
		Example: "  partwork preview\n  partwork preview --listen 127.0.0.1:0",
		Args:    argCount(0, 0),
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8082", "the loopback `ADDRESS` to serve on; port 0 is any free one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return e.preview(cmd.Context(), listen) }
	return cmd
}

func (e *env) preview(ctx context.Context, listen string) error {
	if !loopback(listen) {
		return usagef("such as 127.0.0.1:8082", "the preview is for this machine only: %q is no loopback address with a port", listen)
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	f.close()
	handler := preview.New(preview.Options{Load: e.shelf, Now: e.now, Dates: func(c *drip.Campaign, p drip.Subscriber) []compose.Date {
		return joiningDates(c, c.Zone(p.Timezone, f.cfg.Timezone), e.now())
	}})
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return failf("stop what listens there, or choose another --listen address", "the preview cannot start: %v", err)
	}
	e.note("preview: http://%s/ (stop it with Ctrl-C)", listener.Addr())
	return servePages(ctx, listener, handler)
}

// loopback reports whether an address is a port of this machine alone.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// shelf reads everything afresh.
func (e *env) shelf() (preview.Shelf, error) {
	f, err := e.openFolder()
	if err != nil {
		return preview.Shelf{}, err
	}
	defer f.close()
	if f.layoutsErr != nil {
		return preview.Shelf{}, f.layoutsErr
	}
	shelf := preview.Shelf{Layouts: f.layouts, Findings: append(f.library.Findings, f.doubts()...)}
	for _, c := range f.library.Campaigns {
		series := preview.Series{Campaign: c}
		personas, _ := campaignfile.Personas(f.root.FS(), c, f.options)
		for _, p := range personas {
			series.Personas = append(series.Personas, drip.Subscriber{
				Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes,
			})
		}
		shelf.Series = append(shelf.Series, series)
	}
	return shelf, nil
}

// servePages serves until ctx ends.
func servePages(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	grace, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close()
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
