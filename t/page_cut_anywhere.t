use strict;
use warnings;

# A page comes in two writes, cut at every byte, and is the same for the visitor as in one.

use AepOrigin;
use AepServer;
use AepTag;
use Test::More;

my %document = (
    page => qq{\xef\xbb\xbf<!-- <head> --><!DOCTYPE html PUBLIC "-//a" 'b'><html lang=en data-x="<head>"><head id='>'>[tag]}
        . '<meta charset="utf-8"><title>Shop</title></head><body>Welcome</body></html>',
    late => '<!doctype html><html><head><title><!-- <meta charset=a> --></title><!-- <meta charset=b> --><link rel=icon>'
        . '<meta name="x" content="charset=c"><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">[tag]'
        . '<base href="/"></head><body>Welcome</body></html>',
    implied  => "\n<html>\n<!-- a --><body class='a'>Welcome</body></html>" =~ s/(?=<body)/[tag]/r,
    end      => '<!doctype html><html><head><title>Shop</title>[tag]',
    fragment => ' <!-- a --><div><head><title>3 items</title></head></div>',
    amp      => '<!doctype html><html lang="en" amp4email><head><meta charset="utf-8"></head></html>',
);

my %header_of = (
    length  => sub { my $body = shift; "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n" },
    chunked => sub { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" },
    close   => sub { "HTTP/1.0 200 OK\r\n" },
);
my %chunk_of = map { $_ => sub { $_[0] } } keys %header_of;
$chunk_of{chunked} = sub { length $_[0] ? sprintf "%x\r\n%s\r\n", length $_[0], $_[0] : '' };

my $origin = AepOrigin->start(pause => 0.002);
my $origin_port = $origin->port;
my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<"SERVER");
    location /on/ {
        proxy_pass          http://127.0.0.1:$origin_port/;
        proxy_http_version  1.1;
    }
    location /off/ {
        proxy_pass          http://127.0.0.1:$origin_port/;
        proxy_http_version  1.1;
        proxy_buffering     off;
        postpone_output     0;
    }
SERVER
my $client = $server->client;

# Cuts a body at a byte, and says in which way it is different for the visitor; nothing if in none.
sub difference {
    my ($expected, $framing, $buffering, $at) = @_;
    my $body = $expected =~ s/\[tag\]//r;
    my ($front, $rest) = map { $chunk_of{$framing}->($_) } unpack "a$at a*", $body;
    $rest .= "0\r\n\r\n" if $framing eq 'chunked';
    $origin->url('page', [$header_of{$framing}->($body) . "Content-Type: text/html\r\n\r\n$front", grep { length } $rest]);

    my $answer  = $client->get("/$buffering/page");
    my $got     = AepTag::marked($answer->{body});
    my ($length) = @{ $answer->{headers}{'content-length'} // [] };
    return "status $answer->{status}" if $answer->{status} != 200;
    return "it is \"$got\""           if $got ne $expected;
    return 'its length ' . ($length // 'is unknown') if $framing eq 'length' && ($length // -1) != length $answer->{body};
    return;
}

for my $name (sort keys %document) {
    for my $framing (sort keys %header_of) {
        for my $buffering (qw(on off)) {
            my $size = length $document{$name} =~ s/\[tag\]//r;
            my @differences;
            for my $at (0 .. $size) {
                my $difference = difference($document{$name}, $framing, $buffering, $at) // next;
                push @differences, "cut at byte $at: $difference";
                last if @differences > 2;
            }
            is(join("\n", @differences), '', "$name, proxy_buffering $buffering, $framing");
        }
    }
}

$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[error\]/, 'no error in the log');
done_testing;
