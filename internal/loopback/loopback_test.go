package loopback

import "testing"

func TestHost(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"localhost": true, "localhost:8080": true, "LOCALHOST:1": true, "desk.localhost:8082": true,
		"127.0.0.1:1": true, "127.8.8.8": true, "[::1]:9": true, "[::1]": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.nip.io": false, "evillocalhost": false,
		"10.0.0.1": false, "0.0.0.0": false, "": false, ":8080": false, "[::]": false, "[::ffff:10.0.0.1]:80": false,
	} {
		if got := Host(header); got != want {
			t.Errorf("Host(%q) = %v, want %v", header, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:8082": true, "localhost:0": true, "[::1]:80": true,
		"0.0.0.0:8082": false, ":8082": false, "127.0.0.1": false, "example.org:80": false, "": false,
	} {
		if got := Address(address); got != want {
			t.Errorf("Address(%q) = %v, want %v", address, got, want)
		}
	}
}
