use strict;
use warnings;

# Pages that lie on disk compressed, as nginx's gzip_static and Debian's brotli_static find them.

use AepServer;
use AepTag;
use Cwd ();
use File::Basename ();
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use IPC::Run ();
use Test::More;

my $modules = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..')
    . '/build/deps/test-nginx/usr/lib/nginx/modules';
my $brotli_static = "$modules/ngx_http_brotli_static_module.so";
plan skip_all => 'this nginx is not Debian\'s, whose brotli module would not load'
    unless AepServer::binary() =~ m{^(?:/usr/sbin/)?nginx$} && -e $brotli_static;

sub gzip   { my $text = shift; IO::Compress::Gzip::gzip(\$text => \my $out, Minimal => 1); return $out }
sub gunzip { my $data = shift; IO::Uncompress::Gunzip::gunzip(\$data => \my $text); return $text // 'no gzip' }

sub brotli {
    my ($input, @options) = @_;
    IPC::Run::run(['brotli', '--stdout', @options], \$input, \my $output, \my $error);
    return $? ? "no brotli: $error" : $output;
}

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, main => "load_module $brotli_static;\n",
    http => 'gzip_vary on;', server => <<'SERVER');
    location /on/     { alias html/; gzip_static on; brotli_static on; charset utf-8; }
    location /send/   { alias html/; gzip_static on; brotli_static on; sendfile on; }
    location /always/ { alias html/; gzip_static always; gunzip on; charset utf-8; }
    location /again/  { alias html/; gzip_static always; gunzip on; gzip on; charset utf-8; }
SERVER

my $page     = '<!doctype html><head><meta charset="utf-8"><title>Shop</title></head>' . 'A product. ' x 5000;
my $fragment = '<li>A product</li>' x 1000;
mkdir $server->directory . '/html';
for ([page => $page], [list => $fragment]) {
    my ($name, $text) = @$_;
    for (['', $text], ['.gz', gzip($text)], ['.br', brotli($text)]) {
        open my $out, '>', $server->directory . "/html/$name.html$_->[0]" or die "$name: $!";
        print $out $_->[1];
    }
}
my $client = $server->client;

# Asks for a file by GET and HEAD; returns its text with [tag], the coding that it comes in, and its length.
sub look {
    my ($path, $accepted) = @_;
    my ($answer, $head) =
        map { $client->begin($_, $path, '', 'Accept-Encoding' => $accepted)->answer } qw(GET HEAD);
    my $coding = $answer->{headers}{'content-encoding'}[0] // 'none';
    my $text   = $coding eq 'gzip' ? gunzip($answer->{body})
        : $coding eq 'br' ? brotli($answer->{body}, '--decompress') : $answer->{body};
    my @said = map { join ' ', @{ $answer->{headers}{$_} // [] } } qw(content-encoding etag vary content-length);
    my @head = map { join ' ', @{ $head->{headers}{$_}   // [] } } qw(content-encoding etag vary content-length);
    is_deeply(\@head, \@said, "$path, for who takes " . ($accepted // 'nothing') . ': HEAD says what GET says');
    return (AepTag::marked($text), $coding, $answer->{headers}{'content-length'}[0]);
}

my $with_tag = $page =~ s/(?=<meta)/[tag]/r;
my $by_meta  = $page =~ s/(?=<title>)/[tag]/r;
my %coding_of = (
    '/on/'     => { none => 'none', gzip => 'gzip', 'gzip, br' => 'br' },
    '/send/'   => { none => 'none', gzip => 'gzip', 'gzip, br' => 'br' },
    '/always/' => { none => 'none', gzip => 'gzip', 'gzip, br' => 'gzip' },
    '/again/'  => { none => 'none', gzip => 'gzip', 'gzip, br' => 'gzip' },
);
for my $path (sort keys %coding_of) {
    for my $accepted (sort keys %{ $coding_of{$path} }) {
        my $expected = $coding_of{$path}{$accepted};
        my $header   = $accepted eq 'none' ? undef : $accepted;
        my ($text, $coding) = look("${path}page.html", $header);
        is($text,   $path eq '/send/' ? $by_meta : $with_tag, "${path}page.html for who takes $accepted");
        is($coding, $expected,                                 "${path}page.html for who takes $accepted: its coding");
        ($text, $coding, my $length) = look("${path}list.html", $header);
        is($text,   $fragment, "${path}list.html for who takes $accepted");
        is($coding, $expected, "${path}list.html for who takes $accepted: its coding");
        next if $path !~ /on|send/;
        my $size = -s $server->directory . '/html/list.html' . { none => '', gzip => '.gz', br => '.br' }->{$coding};
        is($length, $size, "${path}list.html for who takes $accepted: its length is that of the file");
    }
}

$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[(?:warn|error|crit)\]/, 'nothing went wrong');
done_testing;
