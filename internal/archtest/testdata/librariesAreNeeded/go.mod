module partwork

go 1.26

require golang.org/x/alone v0.1.0

require (
	github.com/robfig/cron/v3 v3.0.1
	github.com/yuin/goldmark v1.8.7
	example.org/forgotten v1.0.0
	golang.org/x/sys v0.1.0 // indirect
)
