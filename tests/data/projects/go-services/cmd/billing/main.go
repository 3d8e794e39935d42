package main

import "net"

func main() {
	port := getEnv("BILLING_PORT", "50051")
	net.Listen("tcp", ":"+port)
}
